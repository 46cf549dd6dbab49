-- For `luarocks --lua-version=5.4 --local make` in a checkout. luarocks does not see Debian's lua-dkjson and
-- lua-argparse: LUAROCKS_CONFIG=spec/rock/debian.lua tells it that they are installed.
rockspec_format = "3.0"
package = "smc"
version = "scm-1"

source = {
  url = "git+file://.", -- the checkout; `make release` writes the rockspec of a release, with its address
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
        "csrc/socket/address.c",
        "csrc/socket/attempt.c",
        "csrc/socket/buffer.c",
        "csrc/socket/close.c",
        "csrc/socket/connect.c",
        "csrc/socket/descriptor.c",
        "csrc/socket/errors.c",
        "csrc/socket/event_loop.c",
        "csrc/socket/gather.c",
        "csrc/socket/identity.c",
        "csrc/socket/input.c",
        "csrc/socket/lookup.c",
        "csrc/socket/module.c",
        "csrc/socket/object.c",
        "csrc/socket/option_values.c",
        "csrc/socket/options.c",
        "csrc/socket/pending_options.c",
        "csrc/socket/receive.c",
        "csrc/socket/resolver.c",
        "csrc/socket/select.c",
        "csrc/socket/send.c",
        "csrc/socket/socket.c",
        "csrc/socket/syn.c",
        "csrc/socket/thread.c",
        "csrc/socket/timeout.c",
        "csrc/socket/traffic.c",
        "csrc/common/lua_util.c",
        "csrc/common/number.c",
      },
      defines = { "_GNU_SOURCE", "_FORTIFY_SOURCE=2" },
      libraries = { "dl", "pthread" },
    },
    ["smc.core.poller"] = {
      sources = {
        "csrc/poller/epoll.c",
        "csrc/poller/module.c",
        "csrc/poller/signalfd.c",
        "csrc/common/lua_util.c",
        "csrc/common/number.c",
      },
      defines = { "_GNU_SOURCE", "_FORTIFY_SOURCE=2" },
    },
    ["smc.core.netlink"] = {
      sources = {
        "csrc/netlink/attr.c",
        "csrc/netlink/device.c",
        "csrc/netlink/dump.c",
        "csrc/netlink/eid.c",
        "csrc/netlink/fields.c",
        "csrc/netlink/genl.c",
        "csrc/netlink/ifname.c",
        "csrc/netlink/inet_diag.c",
        "csrc/netlink/linkgroup.c",
        "csrc/netlink/module.c",
        "csrc/netlink/pnet.c",
        "csrc/netlink/rtnetlink.c",
        "csrc/netlink/smc_diag.c",
        "csrc/netlink/smc_diag_filter.c",
        "csrc/netlink/smc_diag_message.c",
        "csrc/netlink/smc_diag_record.c",
        "csrc/netlink/stats.c",
        "csrc/netlink/system.c",
        "csrc/netlink/transport.c",
        "csrc/common/lua_util.c",
        "csrc/common/number.c",
      },
      defines = { "_GNU_SOURCE", "_FORTIFY_SOURCE=2" },
      incdirs = { "$(NL_INCDIR)/libnl3", "$(NLGENL_INCDIR)/libnl3" },
      libdirs = { "$(NL_LIBDIR)", "$(NLGENL_LIBDIR)" },
      libraries = { "nl-genl-3", "nl-3" },
    },
    ["smc.core.process"] = {
      sources = {
        "csrc/process/executable.c",
        "csrc/process/process.c",
        "csrc/process/spawn.c",
        "csrc/common/lua_util.c",
        "csrc/common/number.c",
      },
      defines = { "_GNU_SOURCE", "_FORTIFY_SOURCE=2" },
    },
    ["smc.core.sysfs"] = {
      sources = {
        "csrc/sysfs/async_write.c",
        "csrc/sysfs/sysfs.c",
        "csrc/sysfs/uevent.c",
        "csrc/common/lua_util.c",
        "csrc/common/number.c",
      },
      defines = { "_GNU_SOURCE", "_FORTIFY_SOURCE=2" },
    },
    ["smc.core.os"] = {
      sources = {
        "csrc/os/clock.c",
        "csrc/os/errno.c",
        "csrc/os/file.c",
        "csrc/os/interrupt.c",
        "csrc/os/mkdir.c",
        "csrc/os/os.c",
        "csrc/os/pseudorandom.c",
        "csrc/os/terminal.c",
        "csrc/os/timer.c",
        "csrc/common/lua_util.c",
        "csrc/common/number.c",
      },
      defines = { "_GNU_SOURCE", "_FORTIFY_SOURCE=2" },
    },
    ["smc.core.packet"] = {
      sources = {
        "csrc/packet/packet.c",
        "csrc/common/lua_util.c",
        "csrc/common/number.c",
      },
      defines = { "_GNU_SOURCE", "_FORTIFY_SOURCE=2" },
    },
    -- No Lua module: the library that smc.run has the dynamic linker preload into programs.
    ["smc.preload"] = {
      sources = {
        "csrc/preload/config.c",
        "csrc/preload/getsockopt.c",
        "csrc/preload/line.c",
        "csrc/preload/next.c",
        "csrc/preload/preload.c",
      },
      defines = { "_GNU_SOURCE", "_FORTIFY_SOURCE=2" },
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
      ["smc_clc.lua"] = "examples/smc_clc.lua",
      ["smc_dbg.lua"] = "examples/smc_dbg.lua",
      ["smc_pnet.lua"] = "examples/smc_pnet.lua",
      ["echo_server.lua"] = "examples/echo_server.lua",
      ["send_data.lua"] = "examples/send_data.lua",
    },
  },
  -- No copy_directories: luarocks copies doc/, which a released archive has, or else README.md and its like.
}

test = {
  type = "command",
  command = "make test-unit",
}
