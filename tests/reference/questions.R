# Makes questions.json: all subsets, influence, Baujat's plot and cumulative analyses of one data set, by metafor.
#   Rscript tests/reference/questions.R          (from the root of the clone)
suppressMessages({
  library(metafor)
  library(jsonlite)
})
set <- fromJSON("tests/reference/datasets.json", simplifyVector = FALSE)$sets$pritz1997
counts <- data.frame(xi = unlist(set$xi), ni = unlist(set$ni))
tight <- list(threshold = 1e-13, tol = 1e-13, stepadj = .5, maxiter = 5000)
few <- counts[1:6, ]
subsets <- list()
for (case in list(c("PR", "REML"), c("PLO", "DL"))) {
  fit <- rma(measure = case[1], xi = xi, ni = ni, data = few, method = case[2], control = tight)
  found <- gosh(fit, progbar = FALSE)
  code <- as.integer(found$incl %*% 2^(0:5))
  for (i in seq_along(code)) {
    subsets[[length(subsets) + 1]] <- list(case[1], case[2], code[i], found$res$estimate[i], found$res$I2[i] / 100, found$res$tau2[i])
  }
}
influences <- list()
for (case in list(c("PLO", "REML", "z"), c("PFT", "DL", "z"), c("PLO", "REML", "knha"))) {
  fit <- rma(measure = case[1], xi = xi, ni = ni, data = counts, method = case[2], test = case[3], control = tight)
  found <- influence(fit)
  inf <- found$inf
  for (i in seq_len(nrow(counts))) influences[[length(influences) + 1]] <- list(
    case[1], case[2], case[3], i - 1, inf$rstudent[i], inf$cook.d[i], inf$cov.r[i], inf$tau2.del[i], inf$hat[i], found$dfbs$intrcpt[i]
  )
}
fit <- rma(measure = "PLO", xi = xi, ni = ni, data = counts, method = "DL", control = tight)
pdf(NULL)
points <- baujat(fit)
invisible(dev.off())
added <- cumul(rma(measure = "PLO", xi = xi, ni = ni, data = counts, method = "REML", control = tight), order = -counts$ni)
order <- order(-counts$ni)
content <- list(
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."), metafor = as.character(packageVersion("metafor"))),
  call = "gosh, influence, baujat, cumul(order = -ni) of rma(measure=, xi=, ni=, method=, test=, control = tight)",
  dataset = "pritz1997",
  subsets = list(columns = c("measure", "method", "studies", "estimate", "i2", "tau2"), rows = subsets),
  influence = list(
    columns = c("measure", "method", "test", "study", "rstudent", "cook", "covariance_ratio", "tau2_without", "hat", "dfbetas"),
    rows = influences
  ),
  baujat = list(measure = "PLO", method = "DL", x = points$x, y = points$y),
  cumul = list(measure = "PLO", method = "REML", order = order - 1, estimate = added$estimate, se = added$se, tau2 = added$tau2)
)
writeLines(toJSON(content, auto_unbox = TRUE, digits = I(13), na = "null"), "tests/reference/questions.json")
