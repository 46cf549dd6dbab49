/* SPDX-License-Identifier: MIT */
/* What the files about options share. */
#ifndef SMC_OPTIONS_H
#define SMC_OPTIONS_H

#include <net/if.h>
#include <stdint.h>

#include "sock.h"

enum kind { BOOLEAN, NUMBER, MARK, LINGER, DEVICE, ERROR };

/* What an option may be used for. TCP_ONLY: on an SMC socket it forces the fallback to TCP. */
enum { GET = 1, SET = 2, TCP_ONLY = 4 };

union value {
	int number;
	uint32_t mark;
	struct linger linger;
	char device[IFNAMSIZ];
};

struct option {
	const char *name;
	int level;
	int id;
	enum kind kind;
	int use;
};

#pragma GCC visibility push(hidden)

/* option_values.c */
extern const struct option options[];
const struct option *option_check(lua_State *L, int use);
socklen_t option_check_value(lua_State *L, const struct option *o, int arg, union value *value);
void option_push_value(lua_State *L, const struct option *o, const union value *value);

/* pending_options.c */
void option_store_pending(lua_State *L, const struct option *o);
int option_push_pending(lua_State *L, const struct option *o);

#pragma GCC visibility pop

#endif
