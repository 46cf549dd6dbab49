// SPDX-License-Identifier: MIT
/* Functions for event loops: the descriptor, the awaited events, and a notification when it is closed. */
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>

#include "../common/number.h"
#include "sock.h"

/***
 * What event loops ask of a socket.
 * @module smc.socket
 */

#define WATCHERS 2 /* the user value: a table of functions, by who watches, held weakly */

/***
 * Returns the descriptor, for poll(2) and the like.
 *
 * Other code may now wait for the descriptor or use it; from now on, methods never block in the kernel.
 *
 * @function sock:getfd
 * @treturn integer descriptor, -1 when there is none
 */
int sock_getfd(lua_State *L)
{
	struct sock *s = sock_check(L, 1);
	int on = 1;

	if (s->blocking)
		ioctl(s->fd, FIONBIO, &on);
	s->blocking = false;
	s->shared = true;
	lua_pushinteger(L, s->fd);
	return 1;
}

/* Calls the functions of the table of watchers at index 1, with the socket at index 2. */
static int tell_watchers(lua_State *L)
{
	for (lua_pushnil(L); lua_next(L, 1);) {
		lua_pushvalue(L, 2);
		lua_call(L, 1, 0);
	}
	return 0;
}

/*
 * Tells the watchers of the socket at index 1 that its descriptor is about to be closed. Each is told once, even
 * if one of them closes the socket. Returns whether one raised an error, which is pushed.
 */
static bool notify_closing(lua_State *L, struct sock *s)
{
	if (!s->watched || s->fd < 0)
		return false;
	s->watched = false;
	lua_pushcfunction(L, tell_watchers);
	lua_getiuservalue(L, 1, WATCHERS);
	lua_pushnil(L);
	lua_setiuservalue(L, 1, WATCHERS);
	lua_pushvalue(L, 1);
	return lua_pcall(L, 2, 0, 0) != LUA_OK;
}

/*
 * Code that takes over a descriptor, like LuaSec, may write to it without MSG_NOSIGNAL, and expects that
 * no signal is raised if the peer has closed, since LuaSocket ignores SIGPIPE for the whole program.
 */
static void ignore_sigpipe(void)
{
	struct sigaction now;

	if (sigaction(SIGPIPE, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
		signal(SIGPIPE, SIG_IGN);
}

/***
 * Takes over a descriptor. The old one is neither closed nor kept.
 *
 * When the socket gives a descriptor away by this, as LuaSec needs it, the program ignores SIGPIPE
 * from now on, unless it handles that signal.
 *
 * @function sock:setfd
 * @tparam integer descriptor -1 for none
 * @raise for an argument of a wrong type
 */
int sock_setfd(lua_State *L)
{
	struct sock *s = sock_check(L, 1);
	int fd = smc_check_fd(L, 2);

	if (notify_closing(L, s))
		return lua_error(L);
	if (s->fd >= 0)
		ignore_sigpipe();
	s->fd = fd;
	s->blocking = false;
	s->shared = true;
	s->attempt = ATTEMPT_NONE;
	s->local.sa.sa_family = s->peer.sa.sa_family = s->bound.sa.sa_family = AF_UNSPEC;
	if (s->fd >= 0)
		sock_detect_family(s);
	return 0;
}

/***
 * Returns what the last operation had to wait for. cqueues calls it.
 *
 * @function sock:events
 * @treturn string `"r"` for input, `"w"` for output
 */
int sock_events(lua_State *L)
{
	lua_pushstring(L, sock_check(L, 1)->awaited_events == POLLOUT ? "w" : "r");
	return 1;
}

/***
 * Returns nil: event loops keep time themselves. cqueues calls it.
 *
 * @function sock:timeout
 * @treturn nil
 */
int sock_timeout(lua_State *L)
{
	sock_check(L, 1);
	lua_pushnil(L);
	return 1;
}

static void push_watchers(lua_State *L)
{
	if (lua_getiuservalue(L, 1, WATCHERS) == LUA_TTABLE)
		return;
	lua_pop(L, 1);
	lua_newtable(L);
	lua_createtable(L, 0, 1);
	lua_pushliteral(L, "k");
	lua_setfield(L, -2, "__mode");
	lua_setmetatable(L, -2);
	lua_pushvalue(L, -1);
	lua_setiuservalue(L, 1, WATCHERS);
}

/*
 * watch(sock, who, tell) -> boolean: whether this is a socket of ours
 * tell(sock) is called before the descriptor is closed or given away; nil: no more. Finalizers
 * tell nobody.
 */
int core_watch(lua_State *L)
{
	struct sock *s = sock_test(L, 1);

	lua_settop(L, 3);
	if (s && (s->watched || !lua_isnil(L, 3))) {
		push_watchers(L);
		s->watched = true;
		lua_pushvalue(L, 2);
		lua_pushvalue(L, 3);
		lua_rawset(L, -3);
	}
	lua_pushboolean(L, s != NULL);
	return 1;
}

/* Closes the descriptor of the socket at index 1, and then raises what a watcher raised. */
void event_loop_close_descriptor(lua_State *L, struct sock *s)
{
	bool raised = notify_closing(L, s);

	sock_close_descriptor(s);
	if (raised)
		lua_error(L);
}
