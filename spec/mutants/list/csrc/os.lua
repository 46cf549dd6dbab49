return {
  { "csrc/os/file.c", specs = "unit/poller unit/leaks unit/garbage unit/numbers unit/proc unit/faults",
    { "while (errno = 0, (entry = readdir(*directory)))", "while ((entry = readdir(*directory)))", "an error is no end of a directory" },
    { "closedir(*directory);\n\t*directory = NULL;\n\treturn err", "return err", "directories are closed at once" },
    { "if (entry->d_name[0] == '.')\n\t\t\tcontinue;", "", "names that begin with a dot" },
    { "errno == EINTR)\n\t\tsmc_run_signal_hooks(L);", "false)\n\t\t;", "a signal is no error of read", reason = "lua5.4 has a handler for SIGINT only, whose hook ends the program" },
    { "read(fd, data, (size_t)max < sizeof(data) ? (size_t)max : sizeof(data))", "read(fd, data, sizeof(data))", "no more bytes than were asked for" },
  },

  { "csrc/os/timer.c", specs = "unit/leaks unit/timer unit/numbers",
    { "every.it_interval.tv_nsec = 1;", "", "an interval of 0 does not stop the timer" },
    { "TFD_CLOEXEC | TFD_NONBLOCK", "TFD_NONBLOCK", "a program that is started does not inherit timers" },
    { "lua_pushinteger(L, (lua_Integer)expirations);", "lua_pushinteger(L, 1);", "how often it has expired" },
  },

  { "csrc/os/pseudorandom.c", specs = "unit/limits unit/check_protocol unit/numbers",
    { "offset / sizeof(word)", "offset / sizeof(word) + 1", "the stream is that of its seed" },
    { "(const char *)&word + skip", "(const char *)&word", "from any offset on the stream is the same" },
    { "count < n - skip ? count : n - skip", "n - skip", "no byte more is written than there is room for" },
    { "INT_MAX - offset", "INT_MAX", "the end of the stream does not overflow" },
  },

  { "csrc/os/terminal.c", specs = "unit/run_process unit/endings unit/app",
    { "fd == STDIN_FILENO ? O_WRONLY : O_RDONLY", "fd == STDIN_FILENO ? O_RDONLY : O_WRONLY", "output to a closed stream is an error" },
  },

  { "csrc/os/interrupt.c", specs = "unit/app unit/interrupted kernel/endings",
    { "|| of_lua.sa_handler == SIG_IGN", "", "a signal that the caller has ignored stays ignored", reason = "lua5.4 has a handler of its own, whatever its caller has ignored" },
  },
}
