@rem npm scripts here begin with "exec", so that signals reach the program; cmd.exe has none and finds this one.
@%*
