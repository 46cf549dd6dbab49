/* SPDX-License-Identifier: MIT */
/*
 * Turns netlink messages into Lua tables. An array of struct smc_field says which attribute becomes
 * which field; linkgroup.c, device.c and the other files of generic netlink have these arrays.
 */
#ifndef SMC_FIELDS_H
#define SMC_FIELDS_H

#include <stddef.h>
#include <stdint.h>

#include "../common/lua_api.h"
#include "attr.h"

enum smc_field_kind {
	SMC_END,     /* the end of the array */
	SMC_INTEGER, /* 1, 2, 4 or 8 bytes in the byte order of the host */
	SMC_NETWORK, /* the same in network byte order */
	SMC_BOOLEAN, /* an integer; 0 is false */
	SMC_STRING,  /* text up to the first NUL, without trailing blanks */
	SMC_NAME,    /* the same; absent if the text is empty or "n/a" */
	SMC_ADDRESS, /* an IPv4 or IPv6 address, as text */
	SMC_NEST,    /* a table; if it has no name, its fields go into the outer table */
};

struct smc_field {
	const char *name;
	uint8_t type; /* of the attribute */
	uint8_t kind;
	const struct smc_field *nest;
};

/* clang-format off */
#define SMC_FIELDS_END { NULL, 0, SMC_END, NULL }
/* clang-format on */

#pragma GCC visibility push(hidden)

/*
 * Pushes a table with the fields whose attributes are present, and returns 1. Returns 0 if none of them is
 * present, and -EBADMSG if the attributes are malformed; then it pushes nothing.
 */
int smc_fields_push(lua_State *L, const struct smc_field *fields, struct smc_attrs attrs);

#pragma GCC visibility pop

#endif
