// SPDX-License-Identifier: MIT
/*
 * The route to an address, network interfaces and their addresses: rtnetlink(7). The kernel chooses the
 * devices of an SMC connection by the interface of its TCP connection's route.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdint.h>
#include <string.h>

#include <lauxlib.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "../common/lua_util.h"
#include "dump.h"
#include "fields.h"
#include "module.h"

#define VLAN "vlan" /* the kind of an interface, in IFLA_INFO_KIND */

/* A request: a header, and one attribute where `attr` is not NULL. */
struct request {
	int type;
	int flags;
	const void *header;
	size_t header_size;
	int attr_type;
	const void *attr;
	size_t attr_size;
};

/* How to read a message of the answer: fields of attributes, and those that are found in another way. */
struct answer {
	const char *what; /* "cannot …", for messages */
	int type;
	size_t header_size;
	const struct smc_field *fields;
	void (*more)(lua_State *L, const void *header, struct smc_attrs attrs);
};

static void set_boolean(lua_State *L, const char *name, bool value)
{
	lua_pushboolean(L, value);
	lua_setfield(L, -2, name);
}

static void set_integer(lua_State *L, const char *name, lua_Integer value)
{
	lua_pushinteger(L, value);
	lua_setfield(L, -2, name);
}

/* === what messages say === */

static const struct smc_field route_fields[] = {
	{ "ifindex", RTA_OIF, SMC_INTEGER, NULL },
	{ "source", RTA_PREFSRC, SMC_ADDRESS, NULL },
	{ "gateway", RTA_GATEWAY, SMC_ADDRESS, NULL },
	SMC_FIELDS_END,
};

static void read_route(lua_State *L, const void *header, struct smc_attrs attrs)
{
	struct rtmsg m;

	(void)attrs;
	memcpy(&m, header, sizeof(m));
	set_boolean(L, "is_local", m.rtm_type == RTN_LOCAL);
}

static const struct smc_field link_fields[] = {
	{ "name", IFLA_IFNAME, SMC_STRING, NULL },
	{ "mtu", IFLA_MTU, SMC_INTEGER, NULL },
	{ "lower", IFLA_LINK, SMC_INTEGER, NULL },
	{ "carrier", IFLA_CARRIER, SMC_BOOLEAN, NULL },
	SMC_FIELDS_END,
};

static const struct nlattr *find(struct smc_attrs attrs, int type)
{
	const struct nlattr *attr;

	while (smc_attr_next(&attrs, &attr) > 0) {
		if (nla_type(attr) == type)
			return attr;
	}
	return NULL;
}

static bool is_vlan(const struct nlattr *kind)
{
	return kind && nla_len(kind) >= (int)sizeof(VLAN) && !memcmp(nla_data(kind), VLAN, sizeof(VLAN));
}

/* The VLAN ID of an interface. The types of attributes in IFLA_INFO_DATA depend on the kind. */
static bool find_vlan(struct smc_attrs attrs, lua_Integer *vlan)
{
	const struct nlattr *attr = find(attrs, IFLA_LINKINFO);

	if (!attr)
		return false;
	attrs = smc_attr_nested(attr);
	attr = find(attrs, IFLA_INFO_DATA);
	if (!attr || !is_vlan(find(attrs, IFLA_INFO_KIND)))
		return false;
	attr = find(smc_attr_nested(attr), IFLA_VLAN_ID);
	return attr && smc_attr_integer(nla_data(attr), (size_t)nla_len(attr), vlan);
}

static void read_link(lua_State *L, const void *header, struct smc_attrs attrs)
{
	struct ifinfomsg m;
	lua_Integer vlan;
	bool has_vlan = find_vlan(attrs, &vlan);

	memcpy(&m, header, sizeof(m));
	if (has_vlan)
		set_integer(L, "vlan", vlan);
	set_integer(L, "ifindex", m.ifi_index);
	set_boolean(L, "up", (m.ifi_flags & IFF_UP) != 0);
	set_boolean(L, "loopback", (m.ifi_flags & IFF_LOOPBACK) != 0);
}

static const struct smc_field address_fields[] = {
	{ "peer", IFA_ADDRESS, SMC_ADDRESS, NULL },
	{ "address", IFA_LOCAL, SMC_ADDRESS, NULL },
	SMC_FIELDS_END,
};

static void read_address(lua_State *L, const void *header, struct smc_attrs attrs)
{
	struct ifaddrmsg m;

	(void)attrs;
	memcpy(&m, header, sizeof(m));
	set_integer(L, "ifindex", m.ifa_index);
	set_integer(L, "prefix", m.ifa_prefixlen);
	set_boolean(L, "link_local", m.ifa_scope == RT_SCOPE_LINK);
}

/* === asking === */

static struct nl_msg *build(const struct request *request)
{
	struct nl_msg *msg = nlmsg_alloc_simple(request->type, request->flags);

	if (!msg)
		return NULL;
	if (nlmsg_append(msg, (void *)request->header, request->header_size, NLMSG_ALIGNTO) ||
	    (request->attr && nla_put(msg, request->attr_type, (int)request->attr_size, request->attr))) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

/* Pushes the table of a message, as the struct answer at `how` says. */
static int push_message(lua_State *L, const void *how, const struct nlmsghdr *msg)
{
	const struct answer *answer = how;
	struct smc_attrs attrs;
	int pushed;

	if (msg->nlmsg_type != answer->type ||
	    smc_attr_of_message(msg, (int)NLMSG_ALIGN(answer->header_size), &attrs))
		return -EBADMSG;
	pushed = smc_fields_push(L, answer->fields, attrs);
	if (pushed > 0)
		answer->more(L, nlmsg_data(msg), attrs);
	return pushed;
}

static int send_request(struct smc_transport *transport, const struct request *request)
{
	struct nl_msg *msg = build(request);

	return msg ? smc_transport_send(transport, msg) : -ENOMEM;
}

/* Asks the kernel; or reads the datagram at index arg, a string, instead of its answer. */
static int ask(lua_State *L, const struct request *request, const struct answer *answer, int arg)
{
	const struct smc_dump_ops ops = { .what = answer->what };
	bool has_datagram = !lua_isnoneornil(L, arg);
	struct smc_dump *dump = smc_dump_new(L, &ops);
	int err;

	err = has_datagram ? smc_dump_load(L, dump, arg) : smc_dump_open(L, dump, NETLINK_ROUTE);
	if (!err && !has_datagram)
		err = send_request(&dump->transport, request);
	if (!err)
		err = smc_dump_collect(L, dump, push_message, answer);
	if (err)
		return smc_dump_fail(L, dump, -err);
	smc_transport_close(&dump->transport);
	return 1;
}

/*
 * route(address[, datagram]) -> { { ifindex =, source =, gateway =, is_local = } } | nil, message, errno
 *
 * The route that a connection to an IPv4 or IPv6 address takes.
 */
static int route(lua_State *L)
{
	static const struct answer answer = {
		"cannot find the route", RTM_NEWROUTE, sizeof(struct rtmsg), route_fields, read_route,
	};
	const char *address = smc_check_cstring(L, 1);
	unsigned char bytes[sizeof(struct in6_addr)];
	struct rtmsg header = { .rtm_family = AF_INET, .rtm_dst_len = 32 };
	struct request request = { RTM_GETROUTE, 0, &header, sizeof(header), RTA_DST, bytes, 4 };

	if (inet_pton(AF_INET, address, bytes) != 1) {
		luaL_argcheck(L, inet_pton(AF_INET6, address, bytes) == 1, 1, "IP address expected");
		header.rtm_family = AF_INET6;
		header.rtm_dst_len = 128;
		request.attr_size = sizeof(struct in6_addr);
	}
	return ask(L, &request, &answer, 2);
}

/*
 * links([datagram]) -> { { ifindex =, name =, up =, loopback =, carrier =, mtu =, lower =, vlan = }, … } | nil,
 * message, errno
 *
 * The network interfaces of this namespace. lower: the number of the interface below a VLAN.
 */
static int links(lua_State *L)
{
	static const struct answer answer = {
		"cannot list the network interfaces",
		RTM_NEWLINK,
		sizeof(struct ifinfomsg),
		link_fields,
		read_link,
	};
	const struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
	const struct request request = { RTM_GETLINK, NLM_F_DUMP, &header, sizeof(header), 0, NULL, 0 };

	return ask(L, &request, &answer, 1);
}

/*
 * addresses([datagram]) -> { { ifindex =, address =, peer =, prefix =, link_local = }, … } | nil, message, errno
 *
 * The addresses of the network interfaces of this namespace. address is absent for IPv6, where peer has it.
 */
static int addresses(lua_State *L)
{
	static const struct answer answer = {
		"cannot list the addresses of the network interfaces",
		RTM_NEWADDR,
		sizeof(struct ifaddrmsg),
		address_fields,
		read_address,
	};
	const struct ifaddrmsg header = { .ifa_family = AF_UNSPEC };
	const struct request request = { RTM_GETADDR, NLM_F_DUMP, &header, sizeof(header), 0, NULL, 0 };

	return ask(L, &request, &answer, 1);
}

const luaL_Reg smc_netlink_rtnetlink[] = {
	{ "route", route },
	{ "links", links },
	{ "addresses", addresses },
	{ NULL, NULL },
};
