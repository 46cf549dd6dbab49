/* SPDX-License-Identifier: MIT */
/*
 * Lua's headers, and the check of the Lua version that loads a module. Every header of
 * this directory that uses Lua includes it.
 *
 * If an older Lua than the module was built for loads it, the module must be able to
 * report that. Functions that Lua 5.1 does not export are weak: there they are null
 * pointers; otherwise the dynamic linker would reject the module with an unrelated message.
 */
#ifndef SMC_LUA_API_H
#define SMC_LUA_API_H

#include <string.h>

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

#if defined LUA_VERSION_NUM && LUA_VERSION_NUM < 504 /* static checkers do not have them */
#error "smc needs Lua 5.4 or later: these are the headers of an older one"
#endif

/* Marks functions that the files of a module share, since a rock is compiled without -fvisibility=hidden. */
#define SMC_HIDDEN __attribute__((visibility("hidden")))

#pragma weak luaL_addgsub
#pragma weak luaL_buffinitsize
#pragma weak luaL_checkversion_
#pragma weak luaL_execresult
#pragma weak luaL_fileresult
#pragma weak luaL_getsubtable
#pragma weak luaL_len
#pragma weak luaL_loadbufferx
#pragma weak luaL_loadfilex
#pragma weak luaL_prepbuffsize
#pragma weak luaL_pushresultsize
#pragma weak luaL_requiref
#pragma weak luaL_setfuncs
#pragma weak luaL_setmetatable
#pragma weak luaL_testudata
#pragma weak luaL_tolstring
#pragma weak luaL_traceback
#pragma weak luaL_typeerror
#pragma weak lua_absindex
#pragma weak lua_arith
#pragma weak lua_callk
#pragma weak lua_closeslot
#pragma weak lua_compare
#pragma weak lua_copy
#pragma weak lua_getglobal
#pragma weak lua_geti
#pragma weak lua_getiuservalue
#pragma weak lua_isinteger
#pragma weak lua_isyieldable
#pragma weak lua_len
#pragma weak lua_newuserdatauv
#pragma weak lua_pcallk
#pragma weak lua_rawgetp
#pragma weak lua_rawlen
#pragma weak lua_rawsetp
#pragma weak lua_resetthread
#pragma weak lua_rotate
#pragma weak lua_setglobal
#pragma weak lua_seti
#pragma weak lua_setiuservalue
#pragma weak lua_setwarnf
#pragma weak lua_stringtonumber
#pragma weak lua_toclose
#pragma weak lua_tointegerx
#pragma weak lua_tonumberx
#pragma weak lua_upvalueid
#pragma weak lua_upvaluejoin
#pragma weak lua_version
#pragma weak lua_warning
#pragma weak lua_yieldk

/* These functions do not return, which Lua's headers do not tell compilers and checkers. */
int lua_error(lua_State *L) __attribute__((noreturn));
int luaL_argerror(lua_State *L, int arg, const char *message) __attribute__((noreturn));
int luaL_error(lua_State *L, const char *format, ...) __attribute__((noreturn));

/* The version of the running Lua, in the format of LUA_VERSION_NUM. */
static inline int smc_lua_version(lua_State *L)
{
	lua_Number (*version)(lua_State *) = lua_version;
	const lua_Number *(*older)(lua_State *); /* as 5.2, 5.3 and LuaJIT have it */

	if (!version)
		return 501;
	if (lua_newuserdatauv) /* 5.4 and later */
		return (int)version(L);
	memcpy(&older, &version, sizeof(older));
	return (int)*older(L);
}

/* Every luaopen function calls this first: raises an error if this is not the Lua version of the headers. */
static inline void smc_check_lua(lua_State *L, const char *module)
{
	int version = smc_lua_version(L);

	if (version != LUA_VERSION_NUM)
		luaL_error(L, "%s was built for Lua %d.%d and needs it: this is Lua %d.%d", module,
			   LUA_VERSION_NUM / 100, LUA_VERSION_NUM % 100, version / 100, version % 100);
	luaL_checkversion(L);
}

#endif
