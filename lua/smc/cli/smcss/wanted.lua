-- Whether smcss(8) prints a socket. The query already filters for -l and -D.
return function(s, options)
  if not options.all and not options.listening and (s.state == "LISTEN" or s.state == "INIT") then
    return false
  end
  return not options.smcr or s.mode == "SMC-R"
end
