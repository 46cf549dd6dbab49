/* SPDX-License-Identifier: MIT */
#ifndef SMC_ERROR_H
#define SMC_ERROR_H

#include <stdbool.h>

#include "lua_api.h"

#pragma GCC visibility push(hidden)
bool smc_reclaim(lua_State *L, int err);
int smc_push_error(lua_State *L, int err, const char *what);
void smc_interrupted(lua_State *L);
const char *smc_check_text(lua_State *L, int arg);
#pragma GCC visibility pop

#endif
