/* SPDX-License-Identifier: MIT */
/* Numbers from Lua, checked before they become a time, an int or a count. */
#ifndef SMC_NUMBER_H
#define SMC_NUMBER_H

#include "lua_api.h"

#pragma GCC visibility push(hidden)
double smc_check_seconds(lua_State *L, int arg);
double smc_opt_seconds(lua_State *L, int arg, double otherwise);
int smc_milliseconds(double seconds);
int smc_check_int(lua_State *L, int arg, int lowest, int highest, const char *what);
int smc_check_fd(lua_State *L, int arg);
lua_Integer smc_check_truncated(lua_State *L, int arg);
lua_Integer smc_opt_truncated(lua_State *L, int arg, lua_Integer otherwise);
#pragma GCC visibility pop

#endif
