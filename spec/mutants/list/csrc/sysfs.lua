return {
  { "csrc/sysfs/async_write.c", specs = "unit/async_write unit/leaks unit/ism_power",
    { "signal(SIGPIPE, SIG_IGN);", "", "a writer whose caller has gone still writes", reason = "it would end by SIGPIPE after its write instead of by _exit: nobody waits for it" },
    { "setsid();", "", "Ctrl-C does not end a write" },
    { "close(ends[1]);\n", "", "the end of the writer is seen" },
    { "while (got < 0 && errno == EINTR);", "while (false);", "a signal does not leave a child behind", reason = "lua5.4 has a handler for SIGINT only, and the child ends at once" },
    { "err = EIO;", "err = 0;", "a writer that was killed has not written" },
    { "close_all_but(report);", "", "a blocked writer holds no sockets open" },
    { "return errno == ECHILD ? 0 : errno;", "return errno;", "a program that ignores SIGCHLD can write" },
  },

  { "csrc/sysfs/sysfs.c", specs = "unit/limits unit/leaks unit/ism unit/garbage",
    { "err == ENOENT || err == ENODEV || err == ENXIO", "true", "an attribute that cannot be read is no absent one" },
    { "close(fd);\n\terrno = err;", "errno = err;", "attributes are closed" },
    { "O_RDONLY | O_NOCTTY | O_NONBLOCK", "O_RDONLY | O_NOCTTY", "a fifo does not hang" },
    { "smc_close_descriptor(directory);\n", "", "a directory is closed at once" },
  },

  { "csrc/sysfs/uevent.c", specs = "unit/ism kernel/forged kernel/watch kernel/outside",
    { "from.nl_pid == 0 ? message + n : message", "message + n", "events of other processes are not believed" },
    { "if (!equals || equals == at)\n\t\t\tcontinue;", "if (!equals)\n\t\t\tcontinue;", "a line without a name is none", reason = "the kernel sends none; the fuzzer does" },
    { "length - (size_t)(equals + 1 - at)", "length - (size_t)(equals - at)", "a value ends with its line" },
  },
}
