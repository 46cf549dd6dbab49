/* SPDX-License-Identifier: MIT */
#ifndef SMC_ERROR_H
#define SMC_ERROR_H

#include <lua.h>

int smc_push_error(lua_State *L, int err, const char *what);

#endif
