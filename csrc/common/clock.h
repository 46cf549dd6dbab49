/* SPDX-License-Identifier: MIT */
/* Times in seconds, as Lua numbers. */
#ifndef SMC_CLOCK_H
#define SMC_CLOCK_H

#include <time.h>

static inline double clock_seconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Between 0 and a billion seconds, which is 31 years. */
static inline struct timespec clock_timespec(double seconds)
{
	struct timespec t;

	if (!(seconds > 0))
		seconds = 0;
	else if (seconds > 1e9)
		seconds = 1e9;
	t.tv_sec = (time_t)seconds;
	t.tv_nsec = (long)((seconds - (double)t.tv_sec) * 1e9);
	return t;
}

#endif
