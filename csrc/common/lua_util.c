// SPDX-License-Identifier: MIT
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "lua_util.h"
#include "number.h"

/*
 * Pushes the results of a failure, in every binding except those of LuaSocket's
 * methods: nil, "what: description", errno. Returns 3, the number of values pushed.
 */
int smc_push_error(lua_State *L, int err, const char *what)
{
	lua_pushnil(L);
	lua_pushfstring(L, "%s: %s", what, strerror(err));
	lua_pushinteger(L, err);
	return 3;
}

/* The same for a wait, which may also have reached its limit: pushes nil, "timeout", ETIMEDOUT then. */
int smc_push_wait_error(lua_State *L, int err, const char *what)
{
	if (err != ETIMEDOUT)
		return smc_push_error(L, err, what);
	lua_pushnil(L);
	lua_pushliteral(L, "timeout");
	lua_pushinteger(L, err);
	return 3;
}

static int no_op(lua_State *L)
{
	(void)L;
	return 0;
}

/*
 * To be called after EINTR. Lua programs handle signals in a debug hook (lua.c sets one on Ctrl-C): the
 * call runs the hook, which may raise an error. Hold no resources here.
 */
void smc_run_signal_hooks(lua_State *L)
{
	lua_pushcfunction(L, no_op);
	lua_call(L, 0, 0);
}

/* The string at index arg. Raises an error if it contains a zero byte, which would end it early in C. */
const char *smc_check_cstring(lua_State *L, int arg)
{
	size_t length;
	const char *text = luaL_checklstring(L, arg, &length);

	luaL_argcheck(L, strlen(text) == length, arg, "text without zero bytes expected");
	return text;
}

/* Gives the userdata on top of the stack its own metatable, which has only a finalizer. */
void smc_set_gc(lua_State *L, lua_CFunction gc)
{
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, gc);
	lua_setfield(L, -2, "__gc");
	lua_setmetatable(L, -2);
}

/* Adds methods, whose upvalue is the name of their class, to the table on top. */
static void add_methods(lua_State *L, const char *class, const luaL_Reg *methods)
{
	lua_pushstring(L, class);
	luaL_setfuncs(L, methods, 1);
}

/* Makes the table on top, the methods of a class, the __index of the metatable below it, and pops it. */
static void set_methods(lua_State *L)
{
	lua_getfield(L, -1, "close");
	lua_pushvalue(L, -1);
	lua_setfield(L, -4, "__gc");
	lua_setfield(L, -3, "__close");
	lua_setfield(L, -2, "__index");
}

/*
 * Registers a class, as luaL_newmetatable does: its objects have the methods, of which "close" is also
 * __gc and __close. The methods have the class's name as their upvalue. Pushes the metatable.
 */
void smc_register_class(lua_State *L, const char *name, const luaL_Reg *methods)
{
	luaL_newmetatable(L, name);
	lua_newtable(L);
	add_methods(L, name, methods);
	set_methods(L);
}

/*
 * Pushes a new object of a registered class: size bytes that begin with a struct smc_descriptor without a
 * descriptor; the rest is zero. The garbage collector closes the descriptor that is stored in it.
 */
void *smc_new_descriptor(lua_State *L, const char *class, size_t size)
{
	struct smc_descriptor *descriptor = lua_newuserdatauv(L, size, 0);

	memset(descriptor, 0, size);
	descriptor->fd = -1;
	luaL_setmetatable(L, class);
	return descriptor;
}

/* The object of this class at index 1. Raises an error if it is closed. */
void *smc_check_descriptor(lua_State *L, const char *class)
{
	struct smc_descriptor *descriptor = luaL_checkudata(L, 1, class);

	luaL_argcheck(L, descriptor->fd >= 0, 1, "closed");
	return descriptor;
}

/* Closes the descriptor if it is open. Returns whether it was. close(2) */
bool smc_close_descriptor(struct smc_descriptor *descriptor)
{
	int fd = descriptor->fd;

	descriptor->fd = -1;
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* read(2), repeated after a signal. For descriptors that do not block. */
ssize_t smc_read(int fd, void *bytes, size_t size)
{
	ssize_t n;

	do
		n = read(fd, bytes, size);
	while (n < 0 && errno == EINTR);
	return n;
}

/*
 * Waits at most so many seconds for something to read. Returns 0; ETIMEDOUT, also if a signal ended the wait
 * early; or the errno of poll(2).
 */
int smc_wait_readable(const struct smc_descriptor *descriptor, double seconds)
{
	struct pollfd in = { .fd = descriptor->fd, .events = POLLIN };
	int ready = poll(&in, 1, smc_milliseconds(seconds));

	if (ready == 0 || (ready < 0 && errno == EINTR))
		return ETIMEDOUT;
	return ready < 0 ? errno : 0;
}

/* object:close() -> true. Closing twice is allowed. Also __gc and __close. */
static int descriptor_close(lua_State *L)
{
	smc_close_descriptor(luaL_checkudata(L, 1, lua_tostring(L, lua_upvalueindex(1))));
	lua_pushboolean(L, 1);
	return 1;
}

/* object:getfd() -> descriptor, -1 after close */
static int descriptor_getfd(lua_State *L)
{
	const struct smc_descriptor *descriptor = luaL_checkudata(L, 1, lua_tostring(L, lua_upvalueindex(1)));

	lua_pushinteger(L, descriptor->fd);
	return 1;
}

/*
 * Registers a class of objects that begin with a struct smc_descriptor: they have close and getfd,
 * unless there are others among the methods. Pushes the metatable.
 */
void smc_register_descriptor_class(lua_State *L, const char *name, const luaL_Reg *methods)
{
	static const luaL_Reg common[] = {
		{ "close", descriptor_close },
		{ "getfd", descriptor_getfd },
		{ NULL, NULL },
	};

	luaL_newmetatable(L, name);
	lua_newtable(L);
	add_methods(L, name, common);
	add_methods(L, name, methods);
	set_methods(L);
}

/*
 * Objects that hold descriptors are small, and the garbage collector counts bytes, so many of them may
 * wait to be collected. If there are no free descriptors, this collects once. Returns whether the caller
 * should try again. Finalizers run here: hold no resources.
 */
bool smc_gc_on_fd_exhaustion(lua_State *L, int err)
{
	if (err != EMFILE && err != ENFILE)
		return false;
	lua_gc(L, LUA_GCCOLLECT);
	return true;
}
