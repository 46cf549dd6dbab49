/* SPDX-License-Identifier: MIT */
/* The sockets of smc_diag as Lua values: records, or single fields of them. */
#ifndef SMC_DIAG_RECORD_H
#define SMC_DIAG_RECORD_H

#include "smc_diag_message.h"

#pragma GCC visibility push(hidden)

/* Pushes one value; nil where it is absent. */
void smc_diag_push_field(lua_State *L, const struct smc_diag_socket *s, enum smc_diag_field field);

/* Pushes a table. */
void smc_diag_push_record(lua_State *L, const struct smc_diag_socket *s);

#pragma GCC visibility pop

#endif
