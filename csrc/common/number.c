// SPDX-License-Identifier: MIT
#include <limits.h>

#include "number.h"

/*
 * The number of seconds at index arg, including infinity. Raises an error for anything else, also for a
 * NaN: comparisons with it are always false, so every use of it would behave differently.
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
 * Converts seconds to the milliseconds of poll(2) and epoll_wait(2), rounded up. -1, which means no limit,
 * for a negative number, and for one that does not fit (24 days).
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

/* The integer at index arg, within the limits. Otherwise raises an error, in which `what` describes the value. */
int smc_check_int(lua_State *L, int arg, int lowest, int highest, const char *what)
{
	lua_Integer number = luaL_checkinteger(L, arg);

	if (number < lowest || number > highest)
		luaL_argerror(L, arg, lua_pushfstring(L, "%s expected, got %I", what, (LUAI_UACINT)number));
	return (int)number;
}

/* The file descriptor at index arg; -1, that of a closed object, is allowed, so that the kernel reports it. */
int smc_check_fd(lua_State *L, int arg)
{
	return smc_check_int(L, arg, -1, INT_MAX, "file descriptor");
}

/* NaN, and numbers outside the range of integers, become the smallest integer, as in LuaSocket on x86-64. */
static lua_Integer truncate_number(lua_Number number)
{
	lua_Integer integer;

	return lua_numbertointeger(number, &integer) ? integer : LUA_MININTEGER;
}

/* The number at index arg, or a string that represents one, without its fraction. */
lua_Integer smc_check_truncated(lua_State *L, int arg)
{
	int is_integer;
	lua_Integer integer = lua_tointegerx(L, arg, &is_integer);

	return is_integer ? integer : truncate_number(luaL_checknumber(L, arg));
}

/* The same, but as in LuaSocket, where every number is a float: math.maxinteger does not fit. */
lua_Integer smc_opt_truncated(lua_State *L, int arg, lua_Integer otherwise)
{
	return lua_isnoneornil(L, arg) ? otherwise : truncate_number(luaL_checknumber(L, arg));
}
