rockspec_format = "3.0"
package = "smc"
version = "scm-1"

source = {
  url = "git+https://example.org/smc.git",
}

description = {
  summary = "Linux Shared Memory Communications (SMC-D, SMC-R) for Lua",
  detailed = [[
Sockets that talk through shared memory, diagnosis of every SMC socket of the
host with the reasons of a fallback to TCP in words, programs run with their TCP
sockets turned into SMC, and checks that prove which path the data took.]],
  license = "MIT",
  labels = { "networking", "linux", "smc", "socket", "s390x" },
}

supported_platforms = { "linux" }

dependencies = {
  "lua >= 5.4",
  "dkjson >= 2.5",
  "argparse >= 0.7",
}

external_dependencies = {
  NL = { header = "libnl3/netlink/netlink.h", library = "nl-3" },
  NLGENL = { header = "libnl3/netlink/genl/genl.h", library = "nl-genl-3" },
}

build = {
  type = "builtin",
  modules = {
    ["smc"] = "lua/smc/init.lua",
    ["smc.core.socket"] = {
      sources = {
        "csrc/socket.c", "csrc/class.c", "csrc/attempt.c", "csrc/connect.c", "csrc/close.c", "csrc/receive.c",
        "csrc/gather.c", "csrc/send.c",
        "csrc/buffer.c", "csrc/loops.c", "csrc/select.c", "csrc/sockopt.c", "csrc/inet.c", "csrc/dns.c", "csrc/wait.c", "csrc/error.c", "csrc/number.c",
      },
      defines = { "_GNU_SOURCE" },
      libraries = { "m", "dl", "pthread" },
    },
    ["smc.core.poller"] = {
      sources = { "csrc/poller.c", "csrc/signals.c", "csrc/error.c", "csrc/number.c" },
      defines = { "_GNU_SOURCE" },
    },
    ["smc.core.netlink"] = {
      sources = {
        "csrc/netlink.c", "csrc/nl.c", "csrc/diag.c", "csrc/diag_filter.c", "csrc/diag_record.c", "csrc/tcp.c",
        "csrc/genl.c", "csrc/schema.c", "csrc/sysinfo.c", "csrc/lgr.c", "csrc/device.c", "csrc/stats.c", "csrc/names.c", "csrc/pnet.c", "csrc/eid.c", "csrc/error.c", "csrc/number.c",
      },
      defines = { "_GNU_SOURCE" },
      incdirs = { "$(NL_INCDIR)/libnl3", "$(NLGENL_INCDIR)/libnl3" },
      libdirs = { "$(NL_LIBDIR)", "$(NLGENL_LIBDIR)" },
      libraries = { "nl-genl-3", "nl-3" },
    },
    ["smc.core.process"] = {
      sources = { "csrc/process.c", "csrc/spawn.c", "csrc/file.c", "csrc/error.c", "csrc/number.c" },
      defines = { "_GNU_SOURCE" },
    },
    ["smc.core.sysfs"] = {
      sources = { "csrc/sysfs.c", "csrc/apart.c", "csrc/uevent.c", "csrc/error.c", "csrc/number.c" },
      defines = { "_GNU_SOURCE" },
    },
    ["smc.core.os"] = {
      sources = { "csrc/os.c", "csrc/errno.c", "csrc/terminal.c", "csrc/error.c" },
      defines = { "_GNU_SOURCE" },
    },
    -- No Lua module: the library that smc.run has the dynamic linker preload into programs.
    ["smc.preload"] = {
      sources = { "csrc/preload.c", "csrc/preload_option.c", "csrc/preload_refusal.c", "csrc/preload_line.c" },
      defines = { "_GNU_SOURCE" },
      libraries = { "dl" },
    },
  },
  install = {
    bin = {
      ["smc_run.lua"] = "examples/smc_run.lua",
      ["smc_chk.lua"] = "examples/smc_chk.lua",
      ["smcss.lua"] = "examples/smcss.lua",
      ["smc_rnics.lua"] = "examples/smc_rnics.lua",
      ["smcd.lua"] = "examples/smcd.lua",
      ["smcr.lua"] = "examples/smcr.lua",
      ["smc_pnet.lua"] = "examples/smc_pnet.lua",
    },
  },
  copy_directories = { "examples" },
}

test = {
  type = "command",
  command = "make test-unit",
}
