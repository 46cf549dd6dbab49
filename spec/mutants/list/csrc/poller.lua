return {
  { "csrc/poller/epoll.c", specs = "unit/leaks unit/limits unit/poller kernel/signals",
    { "events |= EPOLLIN | EPOLLRDHUP;", "events |= EPOLLIN;", "a peer that has ended is an event", reason = "the end of the peer's data is EPOLLIN too" },
    { "events |= EPOLLET;", "", "edge-triggered" },
    { "if (n < 0 && errno != EINTR)", "if (n < 0)", "a signal is no error" },
    { '{ "e", "r", "w", "rw" }', '{ "e", "r", "w", "r" }', "both events" },
    { "epoll_create1(EPOLL_CLOEXEC)", "epoll_create1(0)", "a program that is started does not inherit pollers" },
    { "if (n == p->room && n < MAX_EVENTS)", "if (n == p->room)", "no more events than there is room for on the stack" },
  },

  { "csrc/poller/signalfd.c", specs = "unit/leaks unit/limits unit/poller kernel/signals",
    { "&&\n\t\t    !held[i].blocked_before", "", "what was blocked before stays blocked" },
    { "SFD_CLOEXEC | SFD_NONBLOCK", "SFD_NONBLOCK", "a program that is started does not inherit signals" },
    { "if (smc_close_descriptor(&s->descriptor))\n", "smc_close_descriptor(&s->descriptor);\n", "closing twice" },
    { "{ \"USR1\", SIGUSR1 }", "{ \"USR1\", SIGUSR2 }", "each signal has its name" },
  },
}
