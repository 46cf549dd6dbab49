// SPDX-License-Identifier: MIT
/*
 * The table of user-defined PNET IDs, of the generic netlink family SMC_PNETID:
 * see smc_pnet(8) and net/smc/smc_pnet.c. An entry is of an interface of this
 * network namespace; or, in the initial one only, of a port of an RDMA device,
 * or of an ISM device.
 */
#include <stdint.h>

#include <linux/smc.h>

#include "../common/number.h"
#include "genl.h"

static const struct smc_field entry[] = {
	{ "pnetid", SMC_PNETID_NAME, SMC_STRING, NULL },
	{ "netdev", SMC_PNETID_ETHNAME, SMC_NAME, NULL },
	{ "ibdev", SMC_PNETID_IBNAME, SMC_NAME, NULL },
	{ "ibport", SMC_PNETID_IBPORT, SMC_INTEGER, NULL },
	SMC_FIELDS_END,
};

static void pnetid_argument(lua_State *L, struct smc_genl_attr attrs[SMC_GENL_ATTRS])
{
	attrs[0] = smc_genl_string(L, 1, SMC_PNETID_NAME);
}

static void entry_arguments(lua_State *L, struct smc_genl_attr attrs[SMC_GENL_ATTRS])
{
	char port;

	*attrs++ = smc_genl_string(L, 1, SMC_PNETID_NAME);
	if (!lua_isnoneornil(L, 2) || lua_isnoneornil(L, 3))
		*attrs++ = smc_genl_string(L, 2, SMC_PNETID_ETHNAME);
	if (!lua_isnoneornil(L, 3)) {
		*attrs++ = smc_genl_string(L, 3, SMC_PNETID_IBNAME);
		port = (char)smc_check_int(L, 4, 0, UINT8_MAX, "port of a device");
		*attrs++ = (struct smc_genl_attr){ SMC_PNETID_IBPORT, lua_pushlstring(L, &port, 1), 1 };
	}
}

static const struct smc_genl_request requests[] = {
	/*
	 * pnet_list() -> { { pnetid =, netdev =, ibdev =, ibport = }, … } | nil, message, errno
	 * The kernel reports a port for every entry; without an ibdev it means nothing.
	 */
	{ "pnet_list", "cannot list the PNET IDs", SMC_PNETID_GET, entry, NULL },
	/*
	 * pnet_add(pnetid, netdev or nil, ibdev or nil, ibport) -> true | nil, message, errno
	 * With both it is true where the kernel could add one of them.
	 */
	{ "pnet_add", "cannot add the PNET ID", SMC_PNETID_ADD, NULL, entry_arguments },
	/* pnet_remove(pnetid) -> true | nil, message, errno */
	{ "pnet_remove", "cannot remove the PNET ID", SMC_PNETID_DEL, NULL, pnetid_argument },
	/* pnet_flush() -> true | nil, message, errno */
	{ "pnet_flush", "cannot empty the table of PNET IDs", SMC_PNETID_FLUSH, NULL, NULL },
	{ .name = NULL },
};

const struct smc_genl_family smc_pnet = { SMCR_GENL_FAMILY_NAME, requests };
