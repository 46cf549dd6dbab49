// SPDX-License-Identifier: MIT
/*
 * SMC-D and SMC-R devices, of the generic netlink family SMC_GEN_NETLINK: see
 * smcd-device(8), smcr-device(8), net/smc/smc_ism.c and net/smc/smc_ib.c.
 */
#include <linux/smc.h>

#include "genl.h"

static const struct smc_field port[] = {
	{ "pnetid_by_user", SMC_NLA_DEV_PORT_PNET_USR, SMC_BOOLEAN, NULL },
	{ "pnetid", SMC_NLA_DEV_PORT_PNETID, SMC_STRING, NULL },
	{ "ifindex", SMC_NLA_DEV_PORT_NETDEV, SMC_INTEGER, NULL },
	{ "state", SMC_NLA_DEV_PORT_STATE, SMC_INTEGER, NULL },
	{ "valid", SMC_NLA_DEV_PORT_VALID, SMC_BOOLEAN, NULL },
	{ "links", SMC_NLA_DEV_PORT_LNK_CNT, SMC_INTEGER, NULL },
	SMC_FIELDS_END,
};

static const struct smc_field device[] = {
	{ "link_groups", SMC_NLA_DEV_USE_CNT, SMC_INTEGER, NULL },
	{ "critical", SMC_NLA_DEV_IS_CRIT, SMC_BOOLEAN, NULL },
	{ "fid", SMC_NLA_DEV_PCI_FID, SMC_INTEGER, NULL },
	{ "pchid", SMC_NLA_DEV_PCI_CHID, SMC_INTEGER, NULL },
	{ "pci_vendor", SMC_NLA_DEV_PCI_VENDOR, SMC_INTEGER, NULL },
	{ "pci_device", SMC_NLA_DEV_PCI_DEVICE, SMC_INTEGER, NULL },
	{ "pci_id", SMC_NLA_DEV_PCI_ID, SMC_STRING, NULL },
	{ "port1", SMC_NLA_DEV_PORT, SMC_NEST, port },
	{ "port2", SMC_NLA_DEV_PORT2, SMC_NEST, port },
	{ "ibdev", SMC_NLA_DEV_IB_NAME, SMC_STRING, NULL },
	SMC_FIELDS_END,
};

static const struct smc_field message[] = {
	{ "smcd", SMC_GEN_DEV_SMCD, SMC_NEST, device },
	{ "smcr", SMC_GEN_DEV_SMCR, SMC_NEST, device },
	SMC_FIELDS_END,
};

static const struct smc_genl_request requests[] = {
	/* device_smcd() -> { { smcd = {…} }, … } | nil, message, errno */
	{ "device_smcd", "cannot list the SMC devices", SMC_NETLINK_GET_DEV_SMCD, message, NULL },
	/* device_smcr() -> { { smcr = {…} }, … } | nil, message, errno */
	{ "device_smcr", "cannot list the SMC devices", SMC_NETLINK_GET_DEV_SMCR, message, NULL },
	{ .name = NULL },
};

const struct smc_genl_family smc_device = { SMC_GENL_FAMILY_NAME, requests };
