/* SPDX-License-Identifier: MIT */
/*
 * The attributes of a netlink message: see netlink(7) and include/uapi/linux/netlink.h. Their
 * lengths are checked, and nothing else is expected of them: kernels differ in what they send.
 */
#ifndef SMC_ATTR_H
#define SMC_ATTR_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/netlink.h>

#include "../common/lua_api.h"

/* Attributes that are not read yet. */
struct smc_attrs {
	const struct nlattr *next;
	int left; /* bytes from there on */
};

#pragma GCC visibility push(hidden)

/* The attributes inside of one, and those of a message behind a header of its payload. */
struct smc_attrs smc_attr_nested(const struct nlattr *attr);
int smc_attr_of_message(const struct nlmsghdr *msg, int header, struct smc_attrs *attrs);

/* Gives the next one. Returns 1; 0 where there are no more; -EBADMSG where it is cut short. */
int smc_attr_next(struct smc_attrs *attrs, const struct nlattr **attr);

/* An integer of this host's byte order; false where no integer has that size. */
bool smc_attr_integer(const void *bytes, size_t size, lua_Integer *out);

#pragma GCC visibility pop

#endif
