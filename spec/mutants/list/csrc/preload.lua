return {
  { "csrc/preload/preload.c", specs = "unit/run_preload kernel/run kernel/run_connect",
    { "protocol == 0 || protocol == IPPROTO_TCP", "true", "other protocols are left alone" },
    { "(type & TYPE_MASK) == SOCK_STREAM &&\n\t       (protocol", "(type & SOCK_STREAM) &&\n\t       (protocol", "raw sockets are left alone" },
    { "domain == AF_INET ? SMCPROTO_SMC : SMCPROTO_SMC6", "SMCPROTO_SMC", "IPv6 stays IPv6" },
    { "if (fd >= 0)\n\t\terrno = saved;", "", "errno is the program's" },
    { "if (smc_preload_fallback()) {", "if (true) {", "TCP only where the user allowed it" },
    { "if (buffer_size(fd, option) < bytes)", "if (true)", "no privilege is used without need" },
  },

  { "csrc/preload/config.c", specs = "unit/run_preload",
    { "bytes *= 1024;", "bytes *= 1000;", "k is 1024" },
    { "*p || bytes > MAX_SIZE", "bytes > MAX_SIZE", "a size with other letters is none" },
    { "text && text[0] != '0'", "text", "SMC_DEBUG=0 is off" },
  },

  { "csrc/preload/getsockopt.c", specs = "unit/run_preload kernel/run_connect",
    { "if (info.tcpi_segs_in)\n\t\treturn ECONNREFUSED;", "return ECONNREFUSED;", "silence is no refusal" },
    { "|| info.tcpi_bytes_received", "", "a connection that has ended did not fail" },
    { "look.revents == POLLHUP", "true", "a socket that is connected has no error" },
    { "errno = saved;\n\treturn 0;", "return 0;", "errno is the program's" },
  },

  { "csrc/preload/line.c", specs = "unit/run_preload",
    { "line->used < sizeof(line->text) - 1", "line->used < sizeof(line->text)", "room for the line's end" },
    { "domain != AF_UNIX", "false", "a message is not written into a connection" },
  },
}
