/* SPDX-License-Identifier: MIT */
/*
 * Messages of generic netlink described as tables: which attribute becomes which
 * field. A file a kind of message (linkgroup.c, device.c, …) has the tables.
 */
#ifndef SMC_SCHEMA_H
#define SMC_SCHEMA_H

#include <stddef.h>
#include <stdint.h>

#include "../common/lua_api.h"

struct nlmsghdr;
struct smc_schema;

enum smc_kind {
	SMC_INTEGER, /* of 1, 2, 4 or 8 bytes, as the kernel has it */
	SMC_NETWORK, /* the same, in network order */
	SMC_BOOLEAN, /* an integer that is 0 or not */
	SMC_STRING,  /* up to its NUL, without blanks at the end */
	SMC_NEST,    /* a table; its fields go into the outer one where it has no name */
};

struct smc_field {
	const char *name;
	uint8_t type; /* of the attribute */
	uint8_t kind;
	const struct smc_schema *nest;
};

struct smc_schema {
	const struct smc_field *fields;
	size_t count;
};

/* clang-format off */
#define SMC_SCHEMA(array) { array, sizeof(array) / sizeof((array)[0]) }
/* clang-format on */

#pragma GCC visibility push(hidden)

/*
 * The decoder of a message: pushes a table and returns 1; returns 0 where it has no
 * field of the schema, and -EBADMSG where it is malformed. Attributes that are absent
 * are absent fields.
 */
int smc_schema_push(lua_State *L, const struct nlmsghdr *msg, const struct smc_schema *schema);

#pragma GCC visibility pop

#endif
