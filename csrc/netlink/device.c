// SPDX-License-Identifier: MIT
/*
 * SMC-D and SMC-R devices, of the generic netlink family SMC_GEN_NETLINK: see
 * smcd-device(8), smcr-device(8), net/smc/smc_ism.c and net/smc/smc_ib.c.
 */
#include <lauxlib.h>
#include <linux/smc.h>

#include "genl.h"
#include "fields.h"

static const struct smc_field port_fields[] = {
	{ "pnetid_by_user", SMC_NLA_DEV_PORT_PNET_USR, SMC_BOOLEAN, NULL },
	{ "pnetid", SMC_NLA_DEV_PORT_PNETID, SMC_STRING, NULL },
	{ "ifindex", SMC_NLA_DEV_PORT_NETDEV, SMC_INTEGER, NULL },
	{ "state", SMC_NLA_DEV_PORT_STATE, SMC_INTEGER, NULL },
	{ "valid", SMC_NLA_DEV_PORT_VALID, SMC_BOOLEAN, NULL },
	{ "links", SMC_NLA_DEV_PORT_LNK_CNT, SMC_INTEGER, NULL },
};
static const struct smc_schema port = SMC_SCHEMA(port_fields);

static const struct smc_field device_fields[] = {
	{ "link_groups", SMC_NLA_DEV_USE_CNT, SMC_INTEGER, NULL },
	{ "critical", SMC_NLA_DEV_IS_CRIT, SMC_BOOLEAN, NULL },
	{ "fid", SMC_NLA_DEV_PCI_FID, SMC_INTEGER, NULL },
	{ "pchid", SMC_NLA_DEV_PCI_CHID, SMC_INTEGER, NULL },
	{ "pci_vendor", SMC_NLA_DEV_PCI_VENDOR, SMC_INTEGER, NULL },
	{ "pci_device", SMC_NLA_DEV_PCI_DEVICE, SMC_INTEGER, NULL },
	{ "pci_id", SMC_NLA_DEV_PCI_ID, SMC_STRING, NULL },
	{ "port1", SMC_NLA_DEV_PORT, SMC_NEST, &port },
	{ "port2", SMC_NLA_DEV_PORT2, SMC_NEST, &port },
	{ "ibdev", SMC_NLA_DEV_IB_NAME, SMC_STRING, NULL },
};
static const struct smc_schema device = SMC_SCHEMA(device_fields);

static const struct smc_field message_fields[] = {
	{ "smcd", SMC_GEN_DEV_SMCD, SMC_NEST, &device },
	{ "smcr", SMC_GEN_DEV_SMCR, SMC_NEST, &device },
};
static const struct smc_schema message = SMC_SCHEMA(message_fields);

static int decode(lua_State *L, const struct nlmsghdr *msg, const void *want)
{
	(void)want;
	return smc_schema_push(L, msg, &message);
}

static const struct smc_dump_ops ops = {
	.what = "cannot list the SMC devices",
	.decode = decode,
	.advice = smc_genl_advice,
};

/* dev_smcd([recorded]) -> { { smcd = {…} }, … } | nil, message, errno */
int smc_dev_smcd(lua_State *L)
{
	if (!lua_isnoneornil(L, 1))
		return smc_genl_recorded(L, 1, &ops);
	return smc_genl_list(L, &ops, SMC_GENL_FAMILY_NAME, SMC_NETLINK_GET_DEV_SMCD);
}

/* dev_smcr([recorded]) -> { { smcr = {…} }, … } | nil, message, errno */
int smc_dev_smcr(lua_State *L)
{
	if (!lua_isnoneornil(L, 1))
		return smc_genl_recorded(L, 1, &ops);
	return smc_genl_list(L, &ops, SMC_GENL_FAMILY_NAME, SMC_NETLINK_GET_DEV_SMCR);
}
