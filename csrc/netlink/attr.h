/* SPDX-License-Identifier: MIT */
/*
 * Reads the attributes of a netlink message: see netlink(7) and include/uapi/linux/netlink.h. It
 * checks the length of each attribute and assumes nothing else, because kernels differ in what
 * they send.
 */
#ifndef SMC_ATTR_H
#define SMC_ATTR_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/netlink.h>

#include "../common/lua_api.h"

/* The attributes that have not been read yet. */
struct smc_attrs {
	const struct nlattr *next;
	int left; /* bytes from next to the end */
};

#pragma GCC visibility push(hidden)

/* Returns the attributes that an attribute contains. */
struct smc_attrs smc_attr_nested(const struct nlattr *attr);

/*
 * Finds the attributes of a message, which follow a header of so many bytes in its payload. Returns 0 or
 * -EBADMSG.
 */
int smc_attr_of_message(const struct nlmsghdr *msg, int header, struct smc_attrs *attrs);

/* Reads the next attribute. Returns 1, 0 at the end, or -EBADMSG if the attribute is cut short. */
int smc_attr_next(struct smc_attrs *attrs, const struct nlattr **attr);

/* Reads an integer in the byte order of this host. Returns false if no integer type has that size. */
bool smc_attr_integer(const void *bytes, size_t size, lua_Integer *out);

#pragma GCC visibility pop

#endif
