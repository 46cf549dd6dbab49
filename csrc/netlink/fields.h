/* SPDX-License-Identifier: MIT */
/*
 * Messages of netlink described as tables: which attribute becomes which field. The
 * files of the kernel's nouns (linkgroup.c, device.c, …) have the tables.
 */
#ifndef SMC_FIELDS_H
#define SMC_FIELDS_H

#include <stddef.h>
#include <stdint.h>

#include "../common/lua_api.h"
#include "attr.h"

enum smc_field_kind {
	SMC_END,     /* of the fields */
	SMC_INTEGER, /* of 1, 2, 4 or 8 bytes, as the kernel has it */
	SMC_NETWORK, /* the same, in network order */
	SMC_BOOLEAN, /* an integer that is 0 or not */
	SMC_STRING,  /* up to its NUL, without blanks at the end */
	SMC_NAME,    /* the same; absent where the kernel says "n/a", or nothing */
	SMC_ADDRESS, /* an IPv4 or IPv6 address, as text */
	SMC_NEST,    /* a table; its fields go into the outer one where it has no name */
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
 * Pushes a table of the fields that the attributes have, and returns 1; returns 0 where they
 * have none of them, and -EBADMSG where they are malformed. Absent attributes are absent fields.
 */
int smc_fields_push(lua_State *L, const struct smc_field *fields, struct smc_attrs attrs);

#pragma GCC visibility pop

#endif
