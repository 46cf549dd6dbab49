return {
  { "csrc/common/lua_util.c", specs = "unit/leaks unit/garbage unit/socket unit/poller unit/timer",
    { "if (fd >= 0)\n\t\tclose(fd);", "", "descriptors are closed" },
    { "descriptor->fd = -1;\n\tif", "if", "closing twice does not close another's" },
    { "strlen(text) == length", "true", "zero bytes are not cut silently" },
    { "if (err != EMFILE && err != ENFILE)\n\t\treturn false;", "if (err != EMFILE)\n\t\treturn false;", "the system's limit", reason = "ENFILE needs a host without files" },
  },

  { "csrc/common/number.c", specs = "unit/limits unit/socket_limits unit/numbers unit/socket unit/poller",
    { "milliseconds >= INT_MAX", "milliseconds > 1e300", "a wait of more than 24 days has no limit", reason = "on x86-64 a double that is too large becomes the smallest integer, which is no limit either" },
    { "return whole < milliseconds ? whole + 1 : whole;", "return whole;", "a short wait does not spin" },
    { "if (seconds != seconds)", "if (0)", "NaN is no time" },
    { "number < lowest || number > highest", "number < lowest", "numbers are not cut" },
  },

  { "csrc/common/clock.h", specs = "unit/socket unit/timer unit/numbers",
    { "(seconds - (double)t.tv_sec) * 1e9", "(seconds - (double)t.tv_sec) * 1e6", "a second has a billion nanoseconds" },
    { "else if (seconds > 1e9)\n\t\tseconds = 1e9;", "", "an infinite time is no undefined behaviour" },
  },
}
