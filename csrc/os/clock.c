// SPDX-License-Identifier: MIT
/* Clocks, and sleeping: clock_gettime(2), clock_nanosleep(2). */
#include <errno.h>

#include "../common/clock.h"
#include "../common/lua_util.h"
#include "../common/number.h"
#include "os.h"

/* gettime() -> seconds since the epoch */
static int os_gettime(lua_State *L)
{
	lua_pushnumber(L, clock_seconds(CLOCK_REALTIME));
	return 1;
}

/* monotonic() -> seconds of CLOCK_MONOTONIC, which is never set */
static int os_monotonic(lua_State *L)
{
	lua_pushnumber(L, clock_seconds(CLOCK_MONOTONIC));
	return 1;
}

/* sleep(seconds): a signal does not end it early, but its debug hook may raise an error */
static int os_sleep(lua_State *L)
{
	struct timespec end = clock_timespec(clock_seconds(CLOCK_MONOTONIC) + smc_check_seconds(L, 1));

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) == EINTR)
		smc_run_signal_hooks(L);
	return 0;
}

const luaL_Reg smc_os_clock[] = {
	{ "gettime", os_gettime }, { "monotonic", os_monotonic }, { "sleep", os_sleep }, { NULL, NULL }
};
