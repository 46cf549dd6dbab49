-- The exit statuses of smc_rnics(8).
return {
  OK = 0, NO_LIST = 1, BAD_USAGE = 2, BAD_FID = 3, TOO_MANY = 4, NO_FID = 5, ALREADY = 6, FAILED = 7,
  NOT_FOUND = 8,
}
