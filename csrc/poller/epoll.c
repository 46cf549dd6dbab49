// SPDX-License-Identifier: MIT
/* epoll(7) on descriptors. The Lua module maps descriptors to objects. */
#include <errno.h>
#include <sys/epoll.h>

#include "../common/lua_util.h"
#include "../common/number.h"
#include "poller.h"

#define MAX_EVENTS 256 /* per call; further events are returned by the next call */

static struct smc_descriptor *check_poller(lua_State *L)
{
	return luaL_checkudata(L, 1, POLLER);
}

/* core.new() → poller | nil, message, errno. epoll_create1(2) */
int poller_new(lua_State *L)
{
	struct smc_descriptor *p = smc_new_descriptor(L, POLLER, sizeof(*p));

	p->fd = SMC_RETRY_AFTER_GC(L, epoll_create1(EPOLL_CLOEXEC));
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

static int change_interest(lua_State *L, int op)
{
	const struct smc_descriptor *p = check_poller(L);
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
	return change_interest(L, EPOLL_CTL_ADD);
}

/* poller:modify(fd, events) → true | nil, message, errno. epoll_ctl(2) */
static int poller_modify(lua_State *L)
{
	return change_interest(L, EPOLL_CTL_MOD);
}

/* poller:remove(fd) → true | nil, message, errno. epoll_ctl(2) */
static int poller_remove(lua_State *L)
{
	return change_interest(L, EPOLL_CTL_DEL);
}

/* "r", "w", "rw", or "e" if there is only an error or a hang-up. */
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
	const struct smc_descriptor *p = check_poller(L);
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

const luaL_Reg poller_methods[] = {
	{ "add", poller_add },
	{ "modify", poller_modify },
	{ "remove", poller_remove },
	{ "wait", poller_wait },
	{ NULL, NULL },
};
