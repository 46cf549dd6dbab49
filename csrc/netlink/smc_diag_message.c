// SPDX-License-Identifier: MIT
#include <errno.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "../common/af_smc.h"
#include "attr.h"
#include "smc_diag_message.h"

_Static_assert(sizeof(struct smc_diag_conninfo) <= sizeof(struct smc_diag_lgrinfo), "struct smc_diag_attr");
_Static_assert(sizeof(struct smc_diag_dmbinfo_ext) == 56, "layout of the kernel");

const char *const smc_diag_mode_names[MODES] = {
	[MODE_SMCD] = "SMC-D",
	[MODE_SMCR] = "SMC-R",
	[MODE_TCP] = "TCP",
};

const char *const smc_diag_field_names[FIELDS] = {
	[STATE] = "state",
	[UID] = "uid",
	[INODE] = "inode",
	[INTERFACE] = "interface",
	[COOKIE] = "cookie",
	[MODE] = "mode",
	[FAMILY] = "family",
	[LOCAL_ADDRESS] = "local_address",
	[LOCAL_PORT] = "local_port",
	[PEER_ADDRESS] = "peer_address",
	[PEER_PORT] = "peer_port",
	[SHUTDOWN] = "shutdown",
	[FALLBACK_CODE] = "fallback_code",
	[PEER_FALLBACK_CODE] = "peer_fallback_code",
	[LOCAL_ENDPOINT] = "local_endpoint",
	[PEER_ENDPOINT] = "peer_endpoint",
};

/* enum smc_state in net/smc/smc.h */
enum { STATE_INIT = 2, STATE_CLOSED = 7, STATE_LISTEN = 10 };

static const struct {
	uint8_t number;
	const char *name;
} states[] = {
	{ 1, "ACTIVE" },
	{ STATE_INIT, "INIT" },
	{ STATE_CLOSED, "CLOSED" },
	{ STATE_LISTEN, "LISTEN" },
	{ 20, "PEERCLOSEWAIT1" },
	{ 21, "PEERCLOSEWAIT2" },
	{ 22, "APPCLOSEWAIT1" },
	{ 23, "APPCLOSEWAIT2" },
	{ 24, "APPFINCLOSEWAIT" },
	{ 25, "PEERFINCLOSEWAIT" },
	{ 26, "PEERABORTWAIT" },
	{ 27, "PROCESSABORT" },
};

const char *smc_diag_state_name(uint8_t number)
{
	size_t i;

	for (i = 0; i < COUNT(states); i++) {
		if (states[i].number == number)
			return states[i].name;
	}
	return NULL;
}

int smc_diag_state_number(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(states); i++) {
		if (!strcmp(states[i].name, name))
			return states[i].number;
	}
	return -1;
}

static bool is_zero(const __be32 address[4])
{
	return !(address[0] | address[1] | address[2] | address[3]);
}

static bool is_inet6(const __be32 address[4])
{
	return address[1] | address[2] | address[3];
}

/*
 * Returns the family of the addresses. For AF_SMC sockets the kernel does not report it: it clears all four
 * words of an address and fills in one or four. For IPPROTO_SMC sockets it reports the family, but no
 * addresses.
 */
static int find_family(const struct smc_diag_msg *m)
{
	if (m->diag_family == AF_INET || m->diag_family == AF_INET6)
		return m->diag_family;
	if (is_inet6(m->id.idiag_src) || is_inet6(m->id.idiag_dst))
		return AF_INET6;
	if (m->id.idiag_src[0] || m->id.idiag_dst[0])
		return AF_INET;
	return AF_UNSPEC;
}

/*
 * Mode 0 means SMC-R, but also that the socket has no link group: it is not connected yet, or the link group
 * was removed with its device. If the attribute of SMC-R was requested, the socket uses SMC-R only if the
 * kernel sent it.
 */
static bool is_smcr(const struct smc_diag_socket *s, unsigned int extensions)
{
	if (extensions & 1u << (SMC_DIAG_LGRINFO - 1))
		return s->attrs[SMC_DIAG_LGRINFO].size;
	return s->msg.diag_state != STATE_INIT && s->msg.diag_state != STATE_LISTEN &&
	       s->msg.diag_state != STATE_CLOSED;
}

static enum smc_diag_mode find_mode(const struct smc_diag_socket *s, unsigned int extensions)
{
	switch (s->msg.diag_mode) {
	case SMC_DIAG_MODE_FALLBACK_TCP:
		return MODE_TCP;
	case SMC_DIAG_MODE_SMCD:
		return MODE_SMCD;
	case SMC_DIAG_MODE_SMCR:
		return is_smcr(s, extensions) ? MODE_SMCR : MODE_NONE;
	default:
		return MODE_NONE;
	}
}

static void copy_attr(struct smc_diag_attr *copy, const struct nlattr *attr)
{
	copy->size = (unsigned int)nla_len(attr);
	if (copy->size > sizeof(copy->data))
		copy->size = sizeof(copy->data);
	memcpy(copy->data, nla_data(attr), copy->size);
}

int smc_diag_read(struct smc_diag_socket *s, const struct nlmsghdr *msg, unsigned int extensions)
{
	const struct nlattr *attr;
	struct smc_attrs attrs;
	size_t i;
	int err;

	err = smc_attr_of_message(msg, sizeof(s->msg), &attrs);
	if (err)
		return err;
	memcpy(&s->msg, nlmsg_data(msg), sizeof(s->msg));
	for (i = 0; i < COUNT(s->attrs); i++)
		s->attrs[i].size = 0;
	while ((err = smc_attr_next(&attrs, &attr)) > 0) {
		if (nla_type(attr) <= SMC_DIAG_MAX)
			copy_attr(&s->attrs[nla_type(attr)], attr);
	}
	s->family = find_family(&s->msg);
	s->mode = find_mode(s, extensions);
	return err;
}

static const __be32 *raw_address(const struct smc_diag_socket *s, enum smc_diag_side side)
{
	return side == LOCAL ? s->msg.id.idiag_src : s->msg.id.idiag_dst;
}

bool smc_diag_is_unspecified(const struct smc_diag_socket *s, enum smc_diag_side side)
{
	return is_zero(raw_address(s, side));
}

/*
 * An address of zeros is the wildcard address if an AF_SMC socket without a peer has a local port. Otherwise
 * it means that the kernel does not report the address: for sockets without a port, and for sockets that were
 * created with IPPROTO_SMC or accepted by such a socket.
 */
const __be32 *smc_diag_address(const struct smc_diag_socket *s, enum smc_diag_side side)
{
	const struct smc_diag_msg *m = &s->msg;
	const __be32 *address = raw_address(s, side);

	if (!is_zero(address))
		return address;
	if (side == LOCAL && m->diag_family == AF_SMC && m->id.idiag_sport && !m->id.idiag_dport)
		return address;
	return NULL;
}

__be16 smc_diag_port(const struct smc_diag_socket *s, enum smc_diag_side side)
{
	return side == LOCAL ? s->msg.id.idiag_sport : s->msg.id.idiag_dport;
}

bool smc_diag_integer(const struct smc_diag_attr *attr, size_t offset, size_t size, lua_Integer *out)
{
	return offset + size <= attr->size && smc_attr_integer(attr->data + offset, size, out);
}
