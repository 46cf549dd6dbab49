/* What the preloaded library reads of the environment, and the lines that it writes of it. No Lua. */
#include <stdint.h>
#include <string.h>

#include "../../../csrc/preload/config.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[4096];
	struct smc_line line;
	int bytes;

	if (size >= sizeof(text))
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	bytes = parse_size(text);
	if (bytes < 0 || bytes > MAX_SIZE)
		__builtin_trap();
	smc_line_begin(&line);
	smc_line_add(&line, text);
	smc_line_add_number(&line, bytes);
	if (line.used >= sizeof(line.text))
		__builtin_trap();
	return 0;
}
