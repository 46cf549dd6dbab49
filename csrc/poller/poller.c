// SPDX-License-Identifier: MIT
/* smc.core.poller: epoll(7) on descriptors. Which object a descriptor stands for, Lua knows. */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <lauxlib.h>
#include <lua.h>

#include "../common/error.h"
#include "../common/number.h"
#include "poller.h"
#include "../common/smc.h"

#define POLLER     "smc.poller"
#define MAX_EVENTS 256 /* taken from the kernel by one call; more wait for the next */

struct poller {
	int fd;
};

static struct poller *check_poller(lua_State *L)
{
	return luaL_checkudata(L, 1, POLLER);
}

/* core.new() → poller | nil, message, errno. epoll_create1(2) */
static int poller_new(lua_State *L)
{
	struct poller *p = lua_newuserdatauv(L, sizeof(*p), 0);

	p->fd = -1;
	luaL_setmetatable(L, POLLER);
	p->fd = epoll_create1(EPOLL_CLOEXEC);
	if (p->fd < 0 && smc_reclaim(L, errno))
		p->fd = epoll_create1(EPOLL_CLOEXEC);
	if (p->fd < 0)
		return smc_push_error(L, errno, "epoll_create1");
	return 1;
}

/* The epoll events for "r", "w" or "rw" at index arg; with an e for edge-triggered. */
static uint32_t check_events(lua_State *L, int arg)
{
	const char *text = luaL_checkstring(L, arg);
	uint32_t events = 0;

	for (; *text; text++) {
		switch (*text) {
		case 'r':
			events |= EPOLLIN | EPOLLRDHUP;
			break;
		case 'w':
			events |= EPOLLOUT;
			break;
		case 'e':
			events |= EPOLLET;
			break;
		default:
			luaL_argerror(L, arg, "letters of \"rwe\" expected");
		}
	}
	return events;
}

static int control(lua_State *L, int op)
{
	const struct poller *p = check_poller(L);
	int fd = smc_check_fd(L, 2);
	struct epoll_event event = { .data.fd = fd };

	if (op != EPOLL_CTL_DEL)
		event.events = check_events(L, 3);
	if (epoll_ctl(p->fd, op, fd, &event) != 0)
		return smc_push_error(L, errno, "epoll_ctl");
	lua_pushboolean(L, 1);
	return 1;
}

/* poller:add(fd, events) → true | nil, message, errno. epoll_ctl(2) */
static int poller_add(lua_State *L)
{
	return control(L, EPOLL_CTL_ADD);
}

/* poller:modify(fd, events) → true | nil, message, errno. epoll_ctl(2) */
static int poller_modify(lua_State *L)
{
	return control(L, EPOLL_CTL_MOD);
}

/* poller:remove(fd) → true | nil, message, errno. epoll_ctl(2) */
static int poller_remove(lua_State *L)
{
	return control(L, EPOLL_CTL_DEL);
}

/* "r", "w", "rw", or "e" where there is only an error or a hang-up to learn of. */
static const char *event_words(uint32_t events)
{
	int readable = (events & (EPOLLIN | EPOLLRDHUP)) != 0;
	int writable = (events & EPOLLOUT) != 0;

	if (readable)
		return writable ? "rw" : "r";
	return writable ? "w" : "e";
}

/*
 * poller:wait(timeout, ready) → n | nil, message, errno
 * timeout in seconds, nil or negative: without limit. ready[1..2n] becomes fd, events, fd, events, …
 * A signal ends the wait with n = 0. epoll_wait(2)
 */
static int poller_wait(lua_State *L)
{
	const struct poller *p = check_poller(L);
	int limit = smc_milliseconds(smc_opt_seconds(L, 2, -1));
	struct epoll_event events[MAX_EVENTS];
	int n, i;

	luaL_checktype(L, 3, LUA_TTABLE);
	n = epoll_wait(p->fd, events, MAX_EVENTS, limit);
	if (n < 0 && errno != EINTR)
		return smc_push_error(L, errno, "epoll_wait");
	for (i = 0; i < n; i++) {
		lua_pushinteger(L, events[i].data.fd);
		lua_rawseti(L, 3, 2 * i + 1);
		lua_pushstring(L, event_words(events[i].events));
		lua_rawseti(L, 3, 2 * i + 2);
	}
	lua_pushinteger(L, n < 0 ? 0 : n);
	return 1;
}

/* poller:getfd() → descriptor, -1 after close: pollers can be waited for by others */
static int poller_getfd(lua_State *L)
{
	lua_pushinteger(L, check_poller(L)->fd);
	return 1;
}

/* poller:close() → true. Closing twice is fine. Also __gc and __close. */
static int poller_close(lua_State *L)
{
	struct poller *p = check_poller(L);

	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
	lua_pushboolean(L, 1);
	return 1;
}

static const luaL_Reg methods[] = {
	{ "add", poller_add },       { "modify", poller_modify }, { "remove", poller_remove },
	{ "wait", poller_wait },     { "close", poller_close },   { "__gc", poller_close },
	{ "__close", poller_close }, { "getfd", poller_getfd },   { NULL, NULL },
};

static const luaL_Reg functions[] = {
	{ "new", poller_new },
	{ "signals", poller_signals },
	{ NULL, NULL },
};

SMC_EXPORT int luaopen_smc_core_poller(lua_State *L);
SMC_EXPORT int luaopen_smc_core_poller(lua_State *L)
{
	smc_check_lua(L, "smc.core.poller");
	poller_open_signals(L);
	luaL_newmetatable(L, POLLER);
	luaL_setfuncs(L, methods, 0);
	lua_pushvalue(L, -1);
	lua_setfield(L, -2, "__index");
	luaL_newlib(L, functions);
	return 1;
}
