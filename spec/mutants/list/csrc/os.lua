return {
  { "csrc/os/file.c", specs = "unit/leaks unit/garbage unit/numbers unit/proc unit/faults",
    { "while (errno = 0, (entry = readdir(*directory)))", "while ((entry = readdir(*directory)))", "an error is no end of a directory" },
    { "closedir(*directory);\n\t*directory = NULL;\n\treturn err", "return err", "directories are closed at once" },
    { "if (entry->d_name[0] == '.')\n\t\t\tcontinue;", "", "names that begin with a dot" },
    { "errno == EINTR)\n\t\tsmc_run_signal_hooks(L);", "false)\n\t\t;", "a signal is no error of read", reason = "lua5.4 has a handler for SIGINT only, whose hook ends the program" },
  },

  { "csrc/os/timer.c", specs = "unit/leaks unit/timer unit/numbers",
    { "every.it_interval.tv_nsec = 1;", "", "an interval of 0 does not stop the timer" },
    { "TFD_CLOEXEC | TFD_NONBLOCK", "TFD_NONBLOCK", "a program that is started does not inherit timers" },
  },

  { "csrc/os/pseudorandom.c", specs = "unit/limits unit/check_protocol unit/numbers",
    { "offset / sizeof(word)", "offset / sizeof(word) + 1", "the stream is that of its seed" },
    { "(const char *)&word + skip", "(const char *)&word", "from any offset on the stream is the same" },
    { "count < n - skip ? count : n - skip", "n - skip", "no byte more is written than there is room for" },
    { "INT_MAX - offset", "INT_MAX", "the end of the stream does not overflow" },
  },
}
