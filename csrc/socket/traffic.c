// SPDX-License-Identifier: MIT
/*
 * Sends messages of one size to and fro, and measures how long they take. The loops are in C, so that they measure
 * the path and not Lua, and they wait in the kernel, as plain read(2) and write(2) do.
 *
 * A loop ends after a slice of time or at a signal, even in the middle of a message; the next call continues from
 * there. In between, other tasks run, and debug hooks.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>

#include "../common/clock.h"
#include "../common/lua_util.h"
#include "../common/number.h"
#include "sock.h"

#define TRAFFIC      "smc.socket.traffic"
#define LARGEST      (1 << 20)
#define MOST_SAMPLES (1 << 20)

enum direction { IN, OUT };

/* What a message does, by its name: where it goes first, and whether it comes back. */
static const char *const kinds[] = { "ping", "echo", "source", "sink", NULL };
static const struct {
	enum direction first;
	bool returns;
} ways[] = { { OUT, true }, { IN, true }, { OUT, false }, { IN, false } };

struct traffic {
	size_t size;
	size_t at;      /* bytes of the message already moved in the current direction */
	bool returning; /* it is on its way back */
	double started; /* when it was sent, CLOCK_MONOTONIC */
	size_t samples; /* how many round-trip times are stored, */
	size_t room;    /* and how many there is room for */
	double times[]; /* after them, the bytes of the message */
};

static char *bytes_of(struct traffic *t)
{
	return (char *)(t->times + t->room);
}

/*
 * traffic(size [, samples]) -> traffic
 * Messages of this size, and room for so many round-trip times.
 */
int core_traffic(lua_State *L)
{
	int size = smc_check_int(L, 1, 1, LARGEST, "size of a message");
	int room = lua_isnoneornil(L, 2) ? 0 : smc_check_int(L, 2, 0, MOST_SAMPLES, "number of samples");
	struct traffic *t =
		lua_newuserdatauv(L, sizeof(*t) + (size_t)room * sizeof(t->times[0]) + (size_t)size, 0);

	memset(t, 0, sizeof(*t));
	t->size = (size_t)size;
	t->room = (size_t)room;
	memset(bytes_of(t), 'x', t->size);
	luaL_setmetatable(L, TRAFFIC);
	return 1;
}

/* Moves the rest of the message in this direction. Returns 0 or errno. */
static int move(struct traffic *t, int fd, enum direction direction)
{
	while (t->at < t->size) {
		char *rest = bytes_of(t) + t->at;
		size_t left = t->size - t->at;
		ssize_t rc = direction == OUT ? send(fd, rest, left, MSG_NOSIGNAL) : recv(fd, rest, left, 0);

		if (rc < 0)
			return errno;
		if (rc == 0)
			return EPIPE;
		t->at += (size_t)rc;
	}
	t->at = 0;
	return 0;
}

/* Moves a message, or the rest of one, there and back. Returns 0 or an errno. */
static int move_message(struct traffic *t, int fd, int kind)
{
	enum direction first = ways[kind].first;
	int err = t->returning ? 0 : move(t, fd, first);

	if (err || !ways[kind].returns)
		return err;
	t->returning = true;
	err = move(t, fd, first == OUT ? IN : OUT);
	t->returning = err != 0;
	return err;
}

/* Records a message that is back; the next one starts. */
static void take_sample(struct traffic *t, double now)
{
	if (t->samples < t->room)
		t->times[t->samples++] = now - t->started;
	t->started = now;
}

/* Makes operations wait in the kernel, at most so many seconds; 0: not any more. */
static int set_waiting(int fd, double seconds)
{
	struct timespec limit = clock_timespec(seconds);
	struct timeval time = { .tv_sec = limit.tv_sec, .tv_usec = limit.tv_nsec / 1000 };
	int nonblocking = seconds == 0;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time)) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time)) != 0 ||
	    ioctl(fd, FIONBIO, &nonblocking) != 0)
		return errno;
	return 0;
}

/* How many messages to move between two looks at the clock, which would distort the times of small ones. */
#define SMALL          16384
#define SMALL_MESSAGES 16

static int run(struct traffic *t, int fd, int kind, int count, double seconds, int *done)
{
	double now = clock_seconds(CLOCK_MONOTONIC), end = now + seconds;
	bool is_timed = ways[kind].returns && ways[kind].first == OUT;

	if (t->at == 0 && !t->returning)
		t->started = now;
	for (*done = 0; *done < count && now < end; ++*done) {
		int err = move_message(t, fd, kind);

		if (err)
			return err;
		if (is_timed || t->size >= SMALL || *done % SMALL_MESSAGES == 0)
			now = clock_seconds(CLOCK_MONOTONIC);
		if (is_timed)
			take_sample(t, now);
	}
	return 0;
}

/*
 * traffic:run(sock, kind, count, seconds) -> done, events | nil, message, errno
 * Moves messages over a connection: "ping" sends each and waits until it is back, "echo" is the other side
 * of that, "source" sends, and "sink" receives. done: how many it moved, fewer than count if the time
 * was up or a signal arrived. events: "r" or "w", what the next one waits for.
 */
static int traffic_run(lua_State *L)
{
	struct traffic *t = luaL_checkudata(L, 1, TRAFFIC);
	struct sock *s = sock_check_class(L, 2, SOCK_CLIENT);
	int kind = luaL_checkoption(L, 3, NULL, kinds);
	int count = smc_check_int(L, 4, 1, INT_MAX, "number of messages");
	double seconds = smc_check_seconds(L, 5);
	int done = 0, err;

	luaL_argcheck(L, seconds > 0 && seconds < 3600, 5, "more than 0 and less than 3600 expected");
	luaL_argcheck(L, s->fd >= 0, 2, "closed");
	luaL_argcheck(L, s->buffer.first == s->buffer.last, 2, "it has received bytes that were not read");
	err = set_waiting(s->fd, seconds);
	if (!err)
		err = run(t, s->fd, kind, count, seconds, &done);
	set_waiting(s->fd, 0);
	s->blocking = false;
	if (err && err != EAGAIN && err != EINTR)
		return smc_push_error(L, err, "traffic");
	lua_pushinteger(L, done);
	lua_pushstring(L, (ways[kind].first == OUT) != t->returning ? "w" : "r");
	return 2;
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

/*
 * traffic:quantiles(part, ...) -> seconds, ...
 * Quantiles of the round-trip times, each for a part from 0 to 1. Without samples: nothing.
 */
static int traffic_quantiles(lua_State *L)
{
	struct traffic *t = luaL_checkudata(L, 1, TRAFFIC);
	int top = lua_gettop(L), i;

	if (t->samples == 0)
		return 0;
	qsort(t->times, t->samples, sizeof(t->times[0]), compare);
	for (i = 2; i <= top; i++) {
		double part = luaL_checknumber(L, i);

		luaL_argcheck(L, part >= 0 && part <= 1, i, "a number from 0 to 1 expected");
		lua_pushnumber(L, t->times[(size_t)(part * (double)(t->samples - 1))]);
	}
	return top - 1;
}

static const luaL_Reg methods[] = {
	{ "quantiles", traffic_quantiles },
	{ "run", traffic_run },
	{ NULL, NULL },
};

void traffic_register(lua_State *L)
{
	luaL_newmetatable(L, TRAFFIC);
	luaL_newlib(L, methods);
	lua_setfield(L, -2, "__index");
	lua_pop(L, 1);
}
