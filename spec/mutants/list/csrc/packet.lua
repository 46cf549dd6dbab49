return {
  { "csrc/packet/packet.c", specs = "kernel/handshake",
    { "more.tp_vlan_tci & 0xfff", "more.tp_vlan_tci", "the priority is no part of a VLAN ID" },
    { "context.time.tv_nsec / 1e9", "context.time.tv_nsec / 1e6", "nanoseconds" },
    { "socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0)", "socket(AF_PACKET, SOCK_DGRAM, 0)", "a program that is started does not inherit packets" },
  },
}
