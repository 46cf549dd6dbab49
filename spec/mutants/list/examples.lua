return {
  { "examples/echo_server.lua", specs = "kernel/echo_server",
    { "if self.paused then", "if false then", "after a full house clients are served again" },
    { "client.sent + 1", "1", "what was sent is not sent again" },
    { "now - client.active > self.idle_timeout", "now - client.active < self.idle_timeout", "idle clients" },
  },

  { "examples/send_data.lua", specs = "kernel/send_data",
    { "chunk:sub(self.offset + 1, self.offset + n) ~= piece:sub(at, at + n - 1)", "false", "an echo that differs" },
    { "self.window.held > 0 do", "false do", "the whole echo is awaited" },
  },

  { "examples/smc_run.lua", specs = "unit/run_preload unit/run_process kernel/run",
    { 'words[i] ~= "--" do', "true do", "-- ends the options" },
    { "errno == E.ENOENT and NOT_FOUND or NOT_EXECUTABLE", "NOT_EXECUTABLE", "127: not found" },
  },

  { "examples/smc_chk.lua", specs = "unit/check_report unit/check kernel/check_proof kernel/scripts",
    { 'TCP = 1, ["no connection"] = NO_RESULT', 'TCP = 0, ["no connection"] = NO_RESULT', "a fallback is no success" },
    { "and OTHER_MODE or STATUS", "and SMC or STATUS", "another mode than required" },
  },
}
