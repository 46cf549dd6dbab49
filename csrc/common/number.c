// SPDX-License-Identifier: MIT
#include <limits.h>

#include "number.h"

/*
 * The number of seconds at index arg, infinity included. Throws for anything else: no time is
 * before or after a NaN, so that every use of it would do something of its own.
 */
double smc_check_seconds(lua_State *L, int arg)
{
	double seconds = luaL_checknumber(L, arg);

	if (seconds != seconds)
		luaL_argerror(L, arg, "number of seconds expected, got NaN");
	return seconds;
}

double smc_opt_seconds(lua_State *L, int arg, double otherwise)
{
	return lua_isnoneornil(L, arg) ? otherwise : smc_check_seconds(L, arg);
}

/*
 * Seconds as poll(2) and epoll_wait(2) take them, rounded up: -1, no limit, for a negative number,
 * and for what does not fit, which is 24 days.
 */
int smc_milliseconds(double seconds)
{
	double milliseconds = seconds * 1e3;
	int whole;

	if (milliseconds < 0 || milliseconds >= INT_MAX)
		return -1;
	whole = (int)milliseconds;
	return whole < milliseconds ? whole + 1 : whole;
}

/* The integer at index arg, within the limits. Throws for anything else; what: what it is to be, in words. */
int smc_check_int(lua_State *L, int arg, int lowest, int highest, const char *what)
{
	lua_Integer number = luaL_checkinteger(L, arg);

	if (number < lowest || number > highest)
		luaL_argerror(L, arg, lua_pushfstring(L, "%s expected, got %I", what, (LUAI_UACINT)number));
	return (int)number;
}

/* The file descriptor at index arg; -1, which is that of a closed object, is left to the kernel. */
int smc_check_fd(lua_State *L, int arg)
{
	return smc_check_int(L, arg, -1, INT_MAX, "file descriptor");
}

/* NaN, and what an integer cannot hold, is the smallest integer, as in LuaSocket on x86-64. */
static lua_Integer truncate_number(lua_Number number)
{
	lua_Integer integer;

	return lua_numbertointeger(number, &integer) ? integer : LUA_MININTEGER;
}

/* The number at index arg, or text that is one, without its fraction. */
lua_Integer smc_check_truncated(lua_State *L, int arg)
{
	int is_integer;
	lua_Integer integer = lua_tointegerx(L, arg, &is_integer);

	return is_integer ? integer : truncate_number(luaL_checknumber(L, arg));
}

/* The same as LuaSocket takes it, for which every number is a float: math.maxinteger does not fit. */
lua_Integer smc_opt_truncated(lua_State *L, int arg, lua_Integer otherwise)
{
	return lua_isnoneornil(L, arg) ? otherwise : truncate_number(luaL_checknumber(L, arg));
}
