// SPDX-License-Identifier: GPL-2.0
/*
 * A PCI bus that exists in memory only, with one function a device number, and a
 * hotplug slot for each that is named by its FID, as on s390.
 */
#include <linux/module.h>

#include "lab_ism.h"

static unsigned int domain;
module_param(domain, uint, 0444);
MODULE_PARM_DESC(domain, "PCI domain of the bus (default 0)");

static struct pci_bus *bus;
static struct pci_sysdata sysdata;
static struct resource bus_numbers = {
	.name = "lab ISM", .start = 0, .end = 0, .flags = IORESOURCE_BUS,
};

bool lab_bus_has(const struct pci_dev *pdev)
{
	/* By its data, since devices are met before pci_create_root_bus() has returned. */
	return pdev->bus->sysdata == &sysdata;
}

/* ---- config space ---- */

static struct lab_function *powered(unsigned int devfn)
{
	unsigned int index = PCI_SLOT(devfn);

	if (PCI_FUNC(devfn) || index >= lab_count || !lab_functions[index].power)
		return NULL;
	return &lab_functions[index];
}

static int config_read(struct pci_bus *unused, unsigned int devfn, int where, int size, u32 *value)
{
	struct lab_function *function = powered(devfn);
	int i;

	*value = 0;
	for (i = 0; i < size; i++) {
		/* No function, or no such register: as a bus answers that nobody drives. */
		u8 byte = function && where + i < PCI_CFG_SPACE_SIZE ? function->config[where + i] : 0xff;

		*value |= (u32)byte << (8 * i);
	}
	return function ? PCIBIOS_SUCCESSFUL : PCIBIOS_DEVICE_NOT_FOUND;
}

/* The command register is all that can be written: there are no BARs, no interrupt pin. */
static int config_write(struct pci_bus *unused, unsigned int devfn, int where, int size, u32 value)
{
	struct lab_function *function = powered(devfn);

	if (!function)
		return PCIBIOS_DEVICE_NOT_FOUND;
	if (where == PCI_COMMAND && size >= 2) {
		function->config[where] = value & 0xff;
		function->config[where + 1] = value >> 8 & 0xff;
	}
	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops config_ops = { .read = config_read, .write = config_write };

/* ---- slots ---- */

static struct lab_function *of_slot(struct hotplug_slot *slot)
{
	return container_of(slot, struct lab_function, slot);
}

static unsigned int devfn_of(struct lab_function *function)
{
	return PCI_DEVFN(function - lab_functions, 0);
}

static int slot_enable(struct hotplug_slot *slot)
{
	struct lab_function *function = of_slot(slot);
	struct pci_dev *pdev;

	if (function->power)
		return -EIO;
	function->power = true;
	pci_lock_rescan_remove();
	pdev = pci_scan_single_device(bus, devfn_of(function));
	if (pdev)
		pci_bus_add_device(pdev);
	pci_unlock_rescan_remove();
	if (!pdev)
		function->power = false;
	return pdev ? 0 : -ENODEV;
}

/*
 * Blocks as long as the driver does: net/smc waits there for its link groups to end. It
 * waits for ever where it lost one: smc_accept_dequeue() does not give back that of a
 * connection which broke before it was accepted; and long where smc_lgr_create() put
 * one on the device that is going.
 */
static int slot_disable(struct hotplug_slot *slot)
{
	struct lab_function *function = of_slot(slot);
	struct pci_dev *pdev;

	if (!function->power)
		return -EIO;
	pci_lock_rescan_remove();
	pdev = pci_get_slot(bus, devfn_of(function));
	if (pdev) {
		pci_stop_and_remove_bus_device(pdev);
		pci_dev_put(pdev);
	}
	pci_unlock_rescan_remove();
	function->power = false;
	return 0;
}

static int slot_power(struct hotplug_slot *slot, u8 *value)
{
	*value = of_slot(slot)->power;
	return 0;
}

static int slot_adapter(struct hotplug_slot *slot, u8 *value)
{
	*value = 1; /* configured to this host, powered or not */
	return 0;
}

static const struct hotplug_slot_ops slot_ops = {
	.enable_slot = slot_enable,
	.disable_slot = slot_disable,
	.get_power_status = slot_power,
	.get_adapter_status = slot_adapter,
};

static int slot_create(unsigned int index)
{
	struct lab_function *function = &lab_functions[index];
	char name[9];
	int rc;

	snprintf(name, sizeof(name), "%08x", function->z.fid);
	function->slot.ops = &slot_ops;
	rc = pci_hp_register(&function->slot, bus, (int)index, name);
	function->has_slot = !rc;
	return rc;
}

/* ---- the bus ---- */

int lab_bus_create(void)
{
	LIST_HEAD(resources);
	unsigned int i;
	int rc = 0;

	sysdata.domain = (int)domain;
	sysdata.node = NUMA_NO_NODE;
	pci_add_resource(&resources, &bus_numbers);
	pci_lock_rescan_remove();
	bus = pci_create_root_bus(NULL, 0, &config_ops, &sysdata, &resources);
	if (bus)
		pci_scan_child_bus(bus);
	pci_unlock_rescan_remove();
	if (!bus) {
		pci_free_resource_list(&resources);
		pr_err("ism: no PCI bus in domain %u: is there one already?\n", domain);
		return -EEXIST;
	}
	for (i = 0; i < lab_count && !rc; i++)
		rc = slot_create(i);
	if (rc) {
		lab_bus_destroy();
		return rc;
	}
	pci_lock_rescan_remove();
	pci_bus_add_devices(bus);
	pci_unlock_rescan_remove();
	return 0;
}

void lab_bus_destroy(void)
{
	unsigned int i;

	for (i = 0; i < lab_count; i++) {
		if (lab_functions[i].has_slot)
			pci_hp_deregister(&lab_functions[i].slot);
	}
	pci_lock_rescan_remove();
	pci_stop_root_bus(bus);
	pci_remove_root_bus(bus);
	pci_unlock_rescan_remove();
}
