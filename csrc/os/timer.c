// SPDX-License-Identifier: MIT
/* A timer with a descriptor, for waiting and polling: timerfd_create(2). */
#include <errno.h>
#include <stdint.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "../common/clock.h"
#include "../common/lua_util.h"
#include "../common/number.h"
#include "os.h"

/*
 * timer:receive(seconds) -> how often it expired since the last time | nil, message, errno
 * Waits at most so many seconds; errno is ETIMEDOUT if it has not expired. poll(2), read(2)
 */
static int timer_receive(lua_State *L)
{
	const struct smc_descriptor *timer = smc_check_descriptor(L, SMC_TIMER);
	int err = smc_wait_readable(timer, smc_check_seconds(L, 2));
	uint64_t expirations;

	if (err)
		return smc_push_error(L, err, "timer");
	if (smc_read(timer->fd, &expirations, sizeof(expirations)) != (ssize_t)sizeof(expirations))
		return smc_push_error(L, errno == EAGAIN ? ETIMEDOUT : errno, "timer");
	lua_pushinteger(L, (lua_Integer)expirations);
	return 1;
}

const luaL_Reg smc_os_timer_methods[] = {
	{ "receive", timer_receive },
	{ NULL, NULL },
};

/* timer(seconds) -> timer | nil, message, errno: it expires every so many seconds */
static int os_timer(lua_State *L)
{
	struct itimerspec every = { .it_interval = clock_timespec(smc_check_seconds(L, 1)) };
	struct smc_descriptor *timer;

	if (!every.it_interval.tv_sec && !every.it_interval.tv_nsec)
		every.it_interval.tv_nsec = 1; /* zero would stop it */
	every.it_value = every.it_interval;
	timer = smc_new_descriptor(L, SMC_TIMER, sizeof(*timer));
	timer->fd = SMC_RETRY_AFTER_GC(L, timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
	if (timer->fd < 0 || timerfd_settime(timer->fd, 0, &every, NULL))
		return smc_push_error(L, errno, "timer");
	return 1;
}

const luaL_Reg smc_os_timer[] = {
	{ "timer", os_timer },
	{ NULL, NULL },
};
