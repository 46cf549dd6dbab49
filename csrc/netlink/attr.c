// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "attr.h"

struct smc_attrs smc_attr_nested(const struct nlattr *attr)
{
	struct smc_attrs attrs = { nla_data(attr), nla_len(attr) };

	return attrs;
}

/* Returns 0, or -EBADMSG where the header is cut short. */
int smc_attr_of_message(const struct nlmsghdr *msg, int header, struct smc_attrs *attrs)
{
	attrs->next = (const void *)((const char *)nlmsg_data(msg) + header);
	attrs->left = nlmsg_datalen(msg) - header;
	return attrs->left < 0 ? -EBADMSG : 0;
}

int smc_attr_next(struct smc_attrs *attrs, const struct nlattr **attr)
{
	int size;

	if (attrs->left <= 0)
		return 0;
	if (!nla_ok(attrs->next, attrs->left))
		return -EBADMSG;
	*attr = attrs->next;
	size = NLA_ALIGN(attrs->next->nla_len);
	if (size > attrs->left) /* the last attribute need not be padded */
		size = attrs->left;
	attrs->next = (const void *)((const char *)attrs->next + size);
	attrs->left -= size;
	return 1;
}

bool smc_attr_integer(const void *bytes, size_t size, lua_Integer *out)
{
	uint16_t u16;
	uint32_t u32;

	switch (size) {
	case sizeof(uint8_t):
		*out = *(const uint8_t *)bytes;
		return true;
	case sizeof(u16):
		memcpy(&u16, bytes, sizeof(u16));
		*out = u16;
		return true;
	case sizeof(u32):
		memcpy(&u32, bytes, sizeof(u32));
		*out = u32;
		return true;
	case sizeof(*out):
		memcpy(out, bytes, sizeof(*out));
		return true;
	default:
		return false;
	}
}
