// SPDX-License-Identifier: GPL-2.0
/*
 * Which functions there are. Each parameter is a list with a value a function;
 * a list may be shorter than that of the FIDs, its default counts for the rest.
 */
#include <linux/module.h>
#include <linux/random.h>

#include "lab_ism.h"

/* PCHIDs from 0xff00 up mean devices that are no hardware to net/smc. */
#define FIRST_RESERVED_PCHID 0xff00
#define DEFAULT_PCHID 0x07c1

static unsigned int fid[LAB_MAX_FUNCTIONS] = { 0x32 };
static unsigned int fids = 1;
module_param_array(fid, uint, &fids, 0444);
MODULE_PARM_DESC(fid, "function IDs (default 0x32)");

static unsigned int pchid[LAB_MAX_FUNCTIONS];
module_param_array(pchid, uint, NULL, 0444);
MODULE_PARM_DESC(pchid, "physical channel IDs, below 0xff00 (default 0x07c1)");

static unsigned int vfn[LAB_MAX_FUNCTIONS];
module_param_array(vfn, uint, NULL, 0444);
MODULE_PARM_DESC(vfn, "virtual function numbers (default 0)");

static unsigned int uid[LAB_MAX_FUNCTIONS];
module_param_array(uid, uint, NULL, 0444);
MODULE_PARM_DESC(uid, "user-defined IDs (default: the FID)");

static char *pnetid[LAB_MAX_FUNCTIONS];
module_param_array(pnetid, charp, NULL, 0444);
MODULE_PARM_DESC(pnetid, "PNET IDs, - for none (default none)");

static char *power[LAB_MAX_FUNCTIONS];
module_param_array(power, charp, NULL, 0444);
MODULE_PARM_DESC(power, "0 for a slot that is powered off at first (default 1)");

static unsigned int dmbs[LAB_MAX_FUNCTIONS];
module_param_array(dmbs, uint, NULL, 0644);
MODULE_PARM_DESC(dmbs, "DMBs that a function can lend out at once (default, and at most, 1920)");

bool lab_self = true;
module_param_named(self, lab_self, bool, 0444);
MODULE_PARM_DESC(self, "whether a function reaches itself (default Y)");

static unsigned int machine = 0x8561;
module_param(machine, uint, 0444);
MODULE_PARM_DESC(machine, "machine type, in the SEID (default 0x8561)");

static unsigned int serial;
module_param(serial, uint, 0444);
MODULE_PARM_DESC(serial, "serial number, whose last 16 bits are in the SEID (default 0)");

struct lab_function lab_functions[LAB_MAX_FUNCTIONS];
unsigned int lab_count;

void get_cpu_id(struct cpuid *id)
{
	id->ident = serial;
	id->machine = machine;
}
EXPORT_SYMBOL_GPL(get_cpu_id);

struct lab_function *lab_function_of(const struct pci_dev *pdev)
{
	unsigned int index = PCI_SLOT(pdev->devfn);

	return lab_bus_has(pdev) && index < lab_count ? &lab_functions[index] : NULL;
}

unsigned int lab_dmbs(const struct lab_function *function)
{
	unsigned int limit = READ_ONCE(dmbs[function - lab_functions]);

	return limit ? min_t(unsigned int, limit, LAB_MAX_DMBS) : LAB_MAX_DMBS;
}

struct zpci_dev *to_zpci(struct pci_dev *pdev)
{
	static struct zpci_dev unknown;
	struct lab_function *function = lab_function_of(pdev);

	return function ? &function->z : &unknown;
}
EXPORT_SYMBOL_GPL(to_zpci);

static bool is_pnetid(const char *text)
{
	size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

	return length > 0 && length <= LAB_PNETID_LEN && !text[length];
}

static void set_config(struct lab_function *function)
{
	u8 *config = function->config;

	*(__le16 *)(config + PCI_VENDOR_ID) = cpu_to_le16(LAB_VENDOR);
	*(__le16 *)(config + PCI_DEVICE_ID) = cpu_to_le16(LAB_DEVICE);
	*(__le16 *)(config + PCI_SUBSYSTEM_VENDOR_ID) = cpu_to_le16(LAB_VENDOR);
	*(__le16 *)(config + PCI_SUBSYSTEM_ID) = cpu_to_le16(LAB_DEVICE);
}

static int set_function(unsigned int i)
{
	struct lab_function *function = &lab_functions[i];

	function->z.fid = fid[i];
	function->z.pchid = pchid[i] ? pchid[i] : DEFAULT_PCHID;
	function->vfn = vfn[i];
	function->uid = uid[i] ? uid[i] : fid[i];
	function->power = !power[i] || strcmp(power[i], "0");
	if (pchid[i] >= FIRST_RESERVED_PCHID) {
		pr_err("ism: PCHID 0x%x is reserved\n", pchid[i]);
		return -EINVAL;
	}
	if (pnetid[i] && strcmp(pnetid[i], "-")) {
		if (!is_pnetid(pnetid[i])) {
			pr_err("ism: '%s' is no PNET ID\n", pnetid[i]);
			return -EINVAL;
		}
		strscpy(function->pnetid, pnetid[i], sizeof(function->pnetid));
	}
	/* Random, or the functions of two guests would seem to reach each other. */
	do
		function->gid = get_random_u64();
	while (!function->gid);
	set_config(function);
	return 0;
}

static int __init lab_init(void)
{
	unsigned int i;
	int rc;

	for (i = 0; i < fids; i++) {
		rc = set_function(i);
		if (rc)
			return rc;
	}
	lab_count = fids;
	rc = lab_attributes_init();
	if (rc)
		return rc;
	rc = lab_driver_init();
	if (rc)
		goto no_driver;
	rc = lab_bus_create();
	if (rc)
		goto no_bus;
	return 0;
no_bus:
	lab_driver_exit();
no_driver:
	lab_attributes_exit();
	return rc;
}

static void __exit lab_exit(void)
{
	lab_bus_destroy();
	lab_driver_exit();
	lab_attributes_exit();
}

module_init(lab_init);
module_exit(lab_exit);
MODULE_DESCRIPTION("Emulated ISM functions, for tests of SMC-D without a mainframe");
MODULE_LICENSE("GPL");
