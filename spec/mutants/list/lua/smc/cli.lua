return {
  { "lua/smc/cli/app/output.lua", specs = "unit/app unit/smcss kernel/endings",
    { "status = status == 0 and app.failure or status", "", "output that is lost is a failure" },
    { "if not called then return INTERRUPTED end", "", "Ctrl-C while the output is written" },
    { "reader_gone = true\n    return false", "return false", "nothing is written after the reader has gone", reason = "writing again has the same answer" },
    { "if is_reader_gone(errno) then\n    reader_gone", "if false then\n    reader_gone", "a reader that goes is no failure" },
  },

  { "lua/smc/cli/app/arguments.lua", specs = "unit/limits unit/app unit/tools",
    { "seconds > 0 and seconds < 1e9", "seconds < 1e9", "a time of 0" },
    { "port <= 65535", "port <= 65536", "port 65536" },
  },

  { "lua/smc/cli/app/inputs.lua", specs = "unit/limits unit/app kernel/endings kernel/echo_server",
    { "ignored & 1 ~= 0", "ignored & 2 ~= 0", "nohup" },
    { 'elseif errno == E.ESPIPE then\n    return', 'elseif errno == E.ESPIPE then', "a pipe is not read before" },
  },

  { "lua/smc/cli/getopt.lua", specs = "unit/smcss unit/pnet unit/tools unit/app",
    { "not option.whole and", "", "a new option has no abbreviation" },
    { 'if not found[2] then return found[1] end', 'if true then return found[1] end', "an ambiguous word" },
  },

  { "lua/smc/cli/smcss/columns.lua", specs = "unit/limits unit/smcss kernel/smcss",
    { "excess > 0 and not wide", "excess >= 0 and not wide", "an address that fits is not cut" },
    { "uid < 1 << 31", "uid < 1 << 32", "the original's signed user ID" },
    { "excess - 2", "excess - 1", "the columns stay in line" },
  },

  { "lua/smc/cli/smcd/abbreviate.lua", specs = "unit/tools",
    { "if #text < 4 then", "if #text < 5 then", "1000 is 1.000K" },
    { "10 ^ before then", "10 ^ before + 1 then", "99999 is rounded up" },
  },

  { "lua/smc/cli/smcd/baseline.lua", specs = "unit/tools unit/answers",
    { 'if type(at) ~= "table" then return false end', "", "a damaged file is no traceback" },
    { "if first ~= HEADER then", "if false then", "another file" },
    { "os.rename(new, path)", "os.rename(new, new)", "the file is replaced at once" },
  },

  { "lua/smc/cli/smcd/stats.lua", specs = "unit/stats_text kernel/tools",
    { 'line("Buffer full (remote)", rmb.full_peer,', 'line("Buffer full (remote)", rmb.full,', "each counter has its line" },
    { '{ "CLNT_V2_SUCC_CNT", "client_v2" }', '{ "CLNT_V2_SUCC_CNT", "server_v2" }', "each counter has its name" },
    { 'sizes["1024K"] + sizes.more', 'sizes.more', "the last column is of all that are larger" },
    { "a[role] > b[role] or", "a[role] < b[role] or", "the most frequent reasons" },
    { "local REASONS_SHOWN <const> = 3", "local REASONS_SHOWN <const> = 4", "three reasons of each side" },
  },

  { "lua/smc/cli/smcd/linkgroup.lua", specs = "unit/lists_text kernel/tools",
    { 'add("DMB      : %d B", group.dmb_alloc or 0)', 'add("DMB      : %d B", group.sndbuf_alloc or 0)', "the memory for receiving" },
    { "link.link_uid or 0, link.peer_link_uid or 0", "link.peer_link_uid or 0, link.link_uid or 0", "the own link and the peer's" },
    { 'group.direct and "Yes" or "No"', 'group.direct and "No" or "Yes"', "whether there is a gateway" },
  },

  { "lua/smc/cli/smcd/device.lua", specs = "unit/lists_text kernel/tools",
    { 'owner.pnetid_source == "user" and "*"', 'owner.pnetid_source ~= "user" and "*"', "a star is the table's" },
    { 'entry.pci_id or "", entry.pchid or 0, entry.critical', 'entry.pci_id or "", entry.fid or 0, entry.critical', "a PCHID is no FID" },
  },
}
