// SPDX-License-Identifier: MIT
/* early_main, linked with early.c as a library: prints the domain of the socket opened there. */
#include <stdio.h>

int early_domain(void);

int main(void)
{
	printf("%d\n", early_domain());
	return 0;
}
