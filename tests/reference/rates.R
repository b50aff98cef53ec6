# Makes rates.json: effects of rates and their way back by metafor, exact Poisson limits by R.
#   Rscript tests/reference/rates.R          (from the root of the clone)
suppressMessages({
  library(metafor)
  library(jsonlite)
})
xi <- c(0, 1, 3, 12, 0, 250, 4)
ti <- c(2.5, 0.4, 10, 31.7, 900, 1e4, 1e-3)
rows <- list()
for (measure in c("IR", "IRLN", "IRS", "IRFT")) {
  for (policy in list(c("default", "only0"), c("0.5", "all"), c("0.25", "only0"), c("0.5", "if0all"))) {
    if (measure %in% c("IRS", "IRFT") && policy[1] != "default") next
    add <- if (policy[1] != "default") as.numeric(policy[1]) else if (measure %in% c("IRS", "IRFT")) 0 else 0.5
    effects <- escalc(measure = measure, xi = xi, ti = ti, add = add, to = policy[2])
    rows[[length(rows) + 1]] <- list(measure, add, policy[2], as.numeric(effects$yi), as.numeric(effects$vi))
  }
}
x <- c(-0.5, 0, 0.1, 0.4, 1, 2.5)
limits <- lapply(c(0.9, 0.95, 0.99), function(level) {
  found <- mapply(function(x, t) poisson.test(x, t, conf.level = level)$conf.int, xi, ti)
  list(level, found[1, ], found[2, ])
})
content <- list(
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."), metafor = as.character(packageVersion("metafor"))),
  call = "escalc(measure=, xi=, ti=, add=, to=); transf.iirft(x, ti=); poisson.test(x, t, conf.level=)$conf.int",
  xi = xi, ti = ti, columns = c("measure", "add", "to", "yi", "vi"), rows = rows,
  back = list(x = x, ti = 3.7, value = sapply(x, transf.iirft, ti = 3.7)),
  limits = limits
)
writeLines(toJSON(content, auto_unbox = TRUE, digits = I(17)), "tests/reference/rates.json")
