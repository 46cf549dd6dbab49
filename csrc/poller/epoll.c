// SPDX-License-Identifier: MIT
/* epoll(7) on descriptors. The Lua module maps descriptors to objects. */
#include <errno.h>
#include <sys/epoll.h>

#include "../common/lua_util.h"
#include "../common/number.h"
#include "poller.h"

#define FEW_EVENTS 16  /* of the first call */
#define MAX_EVENTS 256 /* per call; further events are returned by the next call */

struct poller {
	struct smc_descriptor descriptor;
	int room; /* events of the next call */
};

static struct poller *check_poller(lua_State *L)
{
	return luaL_checkudata(L, 1, POLLER);
}

/* new() -> poller | nil, message, errno: epoll_create1(2) */
int poller_new(lua_State *L)
{
	struct poller *p = smc_new_descriptor(L, POLLER, sizeof(*p));

	p->room = FEW_EVENTS;
	p->descriptor.fd = SMC_RETRY_AFTER_GC(L, epoll_create1(EPOLL_CLOEXEC));
	if (p->descriptor.fd < 0)
		return smc_push_error(L, errno, "epoll_create1");
	return 1;
}

/* The epoll events for "r", "w" or "rw" at index arg; with an e for edge-triggered. */
static uint32_t check_events(lua_State *L, int arg)
{
	const char *text = smc_check_cstring(L, arg);
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
	const struct poller *p = check_poller(L);
	int fd = smc_check_fd(L, 2);
	struct epoll_event event = { .data.fd = fd };

	if (op != EPOLL_CTL_DEL)
		event.events = check_events(L, 3);
	if (epoll_ctl(p->descriptor.fd, op, fd, &event) != 0)
		return smc_push_error(L, errno, "epoll_ctl");
	lua_pushboolean(L, 1);
	return 1;
}

/* poller:add(fd, events) -> true | nil, message, errno: epoll_ctl(2) */
static int poller_add(lua_State *L)
{
	return change_interest(L, EPOLL_CTL_ADD);
}

/* poller:modify(fd, events) -> true | nil, message, errno: epoll_ctl(2) */
static int poller_modify(lua_State *L)
{
	return change_interest(L, EPOLL_CTL_MOD);
}

/* poller:remove(fd) -> true | nil, message, errno: epoll_ctl(2) */
static int poller_remove(lua_State *L)
{
	return change_interest(L, EPOLL_CTL_DEL);
}

enum { HUNG_UP, READABLE, WRITABLE, BOTH, WORDS };

/* Pushes the words for events: "e" means only an error or a hang-up. */
static void push_words(lua_State *L)
{
	static const char *const words[WORDS] = { "e", "r", "w", "rw" };
	int i;

	for (i = 0; i < WORDS; i++)
		lua_pushstring(L, words[i]);
}

static int word_of(uint32_t events)
{
	int readable = events & (EPOLLIN | EPOLLRDHUP) ? READABLE : 0;

	return events & EPOLLOUT ? readable | WRITABLE : readable;
}

/* Gives the array at index arg room for so many events, and for their number at 0. */
static void make_room(lua_State *L, int arg, int events)
{
	lua_Integer i = (lua_Integer)lua_rawlen(L, arg);

	while (i < 2 * (lua_Integer)events) {
		lua_pushboolean(L, false);
		lua_rawseti(L, arg, ++i);
	}
	lua_pushinteger(L, 0);
	lua_rawseti(L, arg, 0);
}

/* ready[0] = n, ready[1..2n] = fd, events, fd, events, …; needs no memory. The words begin at index words. */
static void store_events(lua_State *L, int ready, int words, const struct epoll_event *events, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		lua_pushinteger(L, events[i].data.fd);
		lua_rawseti(L, ready, 2 * i + 1);
		lua_pushvalue(L, words + word_of(events[i].events));
		lua_rawseti(L, ready, 2 * i + 2);
	}
	lua_pushinteger(L, n);
	lua_rawseti(L, ready, 0);
}

/*
 * poller:wait(timeout, ready) -> n | nil, message, errno
 * timeout in seconds, nil or negative: without limit. ready[0] becomes n, and ready[1..2n] fd, events, fd,
 * events, … Memory is taken before the kernel is asked: an event would be lost in edge mode if that failed.
 * A signal ends the wait with n = 0. epoll_wait(2)
 */
static int poller_wait(lua_State *L)
{
	struct poller *p = check_poller(L);
	int limit = smc_milliseconds(smc_opt_seconds(L, 2, -1));
	struct epoll_event events[MAX_EVENTS];
	int n, words;

	luaL_checktype(L, 3, LUA_TTABLE);
	lua_settop(L, 3);
	make_room(L, 3, p->room);
	words = lua_gettop(L) + 1;
	push_words(L);
	n = epoll_wait(p->descriptor.fd, events, p->room, limit);
	if (n < 0 && errno != EINTR)
		return smc_push_error(L, errno, "epoll_wait");
	n = n < 0 ? 0 : n;
	store_events(L, 3, words, events, n);
	if (n == p->room && n < MAX_EVENTS)
		p->room *= 2;
	lua_pushinteger(L, n);
	return 1;
}

const luaL_Reg poller_methods[] = {
	{ "add", poller_add },
	{ "modify", poller_modify },
	{ "remove", poller_remove },
	{ "wait", poller_wait },
	{ NULL, NULL },
};
