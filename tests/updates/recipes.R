# What R says to the recipes of evidence/updates/recipes.py, by another path: metafor's rma and rma.glmm, lme4's glmer,
# base R. The keys of the recipes come by standard input, the numbers go to recipes.json.
suppressMessages({library(metafor); library(lme4); library(jsonlite)})
sets <- list(
  nielweise2007 = list(  # dat.nielweise2007 of metadat, standard catheters
    xi = c(3, 3, 9, 7, 6, 4, 3, 2, 19, 2, 7, 1, 5, 11, 0, 1, 3, 1),
    ni = c(117, 35, 195, 136, 157, 139, 177, 39, 103, 122, 64, 58, 175, 180, 105, 262, 362, 69)),
  debruin2009 = list(  # dat.debruin2009 of metadat, adherence
    xi = c(11, 24, 179, 82, 60, 11, 99, 9, 88, 17, 26, 23, 40),
    ni = c(29, 33, 326, 240, 110, 29, 244, 17, 215, 26, 138, 55, 54)),
  series = list(xi = c(4, 10, 7, 1, 25, 0, 12), ni = c(8, 10, 12, 6, 42, 5, 14)))  # made up: small, with 0 and 100 %
tight <- list(threshold = 1e-12, tol = 1e-12, stepadj = 0.5, maxiter = 10000)
z <- qnorm(0.975)
spread <- function(yi, vi, tau2, limits, ni) {
  control <- if (grepl("steps", tau2)) list() else tight; tau2 <- sub("-steps", "", tau2)
  if (limits == "ivhet") {
    d <- rma(yi, vi, method = "DL"); r <- rma(yi, vi, weights = 1 / vi, tau2 = d$tau2, method = "DL")
    return(c(r$b, r$ci.lb, r$ci.ub, d$tau2, r$se))
  }
  if (limits %in% c("weights-n", "weights-equal")) {
    w <- if (limits == "weights-n") ni else rep(1, length(ni))
    r <- rma(yi, vi, weights = w, method = tau2, control = control)
    return(c(r$b, r$ci.lb, r$ci.ub, r$tau2, r$se))
  }
  if (limits == "hk-wider") {
    a <- rma(yi, vi, method = tau2, control = control); b <- rma(yi, vi, method = tau2, test = "knha", control = control)
    r <- if (b$ci.ub - b$ci.lb > a$ci.ub - a$ci.lb) b else a
    return(c(r$b, r$ci.lb, r$ci.ub, r$tau2, a$se))
  }
  test <- c(wald = "z", hk = "knha", "hk-floor" = "adhoc", t = "t")[[limits]]
  method <- if (tau2 == "common") "FE" else tau2
  plain <- rma(yi, vi, method = method, control = control)
  r <- rma(yi, vi, method = method, test = test, control = control)
  c(r$b, r$ci.lb, r$ci.ub, r$tau2, plain$se)
}
one <- function(key, xi, ni) {
  part <- strsplit(key, "/")[[1]]; scale <- part[1]; limits <- part[length(part)]
  k <- length(xi); bare <- xi == 0 | xi == ni; X <- sum(xi); N <- sum(ni)
  if (scale == "totals") {
    p <- X / N
    ci <- switch(limits,
      "clopper-pearson" = binom.test(X, N)$conf.int, "wilson" = prop.test(X, N, correct = FALSE)$conf.int,
      "simple" = p + c(-1, 1) * z * sqrt(p * (1 - p) / N),
      "logit-wald" = plogis(suppressMessages(confint.default(glm(cbind(xi, ni - xi) ~ 1, family = binomial)))),
      "agresti-coull" = { q <- (X + z^2 / 2) / (N + z^2); q + c(-1, 1) * z * sqrt(q * (1 - q) / (N + z^2)) },
      "jeffreys" = qbeta(c(0.025, 0.975), X + 0.5, N - X + 0.5),
      "spread-by-n" = p + c(-1, 1) * z * sqrt(weighted.mean((xi / ni - p)^2, ni) / k), "range" = range(xi / ni),
      "by-n" = p + c(-1, 1) * z * sqrt(sum(ni^2 * (xi / ni) * (1 - xi / ni) / ni)) / N)
    return(c(p, ci, NA))
  }
  if (scale == "unweighted") {
    p <- xi / ni
    if (limits == "mean-sd") return(c(mean(p), mean(p) + c(-1, 1) * sd(p), NA))
    if (limits == "mean-range") return(c(mean(p), range(p), NA))
    if (limits == "median-range") return(c(median(p), range(p), NA))
    if (limits == "median-iqr") return(c(quantile(p, c(0.5, 0.25, 0.75)), NA))
    q <- if (limits == "mean-t") qt(0.975, k - 1) else z
    return(c(mean(p), mean(p) + c(-1, 1) * q * sd(p) / sqrt(k), NA))
  }
  if (substr(scale, 1, 4) == "glmm") {
    id <- factor(seq_len(k)); nodes <- if (scale == "glmm-7") 7 else if (scale == "glmm-1") 1 else 25
    fit <- glmer(cbind(xi, ni - xi) ~ 1 + (1 | id), family = binomial, nAGQ = nodes,
      control = glmerControl(optimizer = "bobyqa", tolPwrss = 1e-13, optCtrl = list(rhoend = 1e-9)))
    b <- fixef(fit)[[1]]; se <- sqrt(vcov(fit)[1, 1]); tau <- attr(VarCorr(fit)$id, "stddev")[[1]]
    if (limits == "profile") {
      ci <- suppressMessages(suppressWarnings(confint(fit, method = "profile", parm = 2)))
      return(c(plogis(c(b, ci)), tau^2))
    }
    q <- if (limits == "t") qt(0.975, k - 1) else z
    ends <- c(b, b - q * se, b + q * se)
    mean_of <- function(m) integrate(function(u) plogis(m + tau * u) * dnorm(u), -12, 12, rel.tol = 1e-11)$value
    return(c(if (limits == "mapped") sapply(ends, mean_of) else plogis(ends), tau^2))
  }
  if (scale == "beta-binomial") {
    nll <- function(th) { m <- plogis(th[1]); s <- exp(th[2]); -sum(lbeta(xi + m * s, ni - xi + (1 - m) * s) - lbeta(m * s, (1 - m) * s)) }
    o <- optim(c(qlogis(X / N), 2), nll, control = list(reltol = 1e-15, maxit = 5000))
    o <- optim(o$par, nll, control = list(reltol = 1e-15, maxit = 5000), hessian = TRUE)
    se <- sqrt(solve(o$hessian)[1, 1]); q <- if (limits == "t") qt(0.975, k - 1) else z
    m <- plogis(o$par[1]); return(c(plogis(o$par[1] + c(0, -1, 1) * q * se), m * (1 - m) / (1 + exp(o$par[2]))))
  }
  keep <- if (grepl("dropped|unbiased|raw-rounded", scale)) !bare else if (scale == "raw-poisson") xi > 0 else rep(TRUE, k)
  to <- suppressWarnings(as.numeric(sub("^(logit-|.*rounded)", "", scale)))  # a constant, or decimals
  raw <- xi / ni; wald <- raw * (1 - raw) / ni; typed <- function(es) list(yi = round(es$yi, to)[keep], vi = round(sqrt(es$vi), to)[keep]^2)
  if (grepl("^raw-rounded", scale)) keep <- round(sqrt(wald), to) > 0
  half <- ifelse(bare, 0.5, 0)
  es <- if (grepl("^logit-rounded", scale)) typed(escalc("PLO", xi = xi, ni = ni)) else if (grepl("^raw-rounded", scale))
    typed(list(yi = raw, vi = wald)) else if (grepl("^logit-[0-9]", scale)) escalc("PLO", xi = xi, ni = ni, add = to) else switch(scale,
    "raw-exact" = list(yi = raw, vi = sapply(seq_len(k), function(i) diff(binom.test(xi[i], ni[i])$conf.int) / 2 / z)^2),
    "raw-wilson" = list(yi = raw, vi = sapply(seq_len(k), function(i) diff(prop.test(xi[i], ni[i], correct = FALSE)$conf.int) / 2 / z)^2),
    "raw-unbiased" = list(yi = raw[keep], vi = (raw * (1 - raw) / (ni - 1))[keep]),
    "raw-poisson" = list(yi = raw[keep], vi = (xi / ni^2)[keep]), "log-poisson" = escalc("IRLN", xi = xi, ti = ni),
    "anscombe" = list(yi = asin(sqrt((xi + 3 / 8) / (ni + 3 / 4))), vi = 1 / (4 * ni + 2)),
    "logit" = escalc("PLO", xi = xi, ni = ni), "logit-all" = escalc("PLO", xi = xi, ni = ni, to = "all"),
    "logit-if" = escalc("PLO", xi = xi, ni = ni, to = "if0all"),
    "logit-dropped" = escalc("PLO", xi = xi[keep], ni = ni[keep]),
    "raw" = escalc("PR", xi = xi, ni = ni), "raw-dropped" = escalc("PR", xi = xi[keep], ni = ni[keep]),
    "raw-meta" = list(yi = xi / ni, vi = (xi + half) * (ni - xi + half) / (ni + 2 * half)^3),
    "log" = escalc("PLN", xi = xi, ni = ni),
    "log-meta" = list(yi = log((xi + half) / (ni + half)),
      vi = ifelse(xi == ni, 1 / xi - 1 / (ni + half), 1 / (xi + half) - 1 / (ni + half))),
    "probit" = { p <- (xi + half) / (ni + 2 * half); list(yi = qnorm(p), vi = p * (1 - p) / ((ni + 2 * half) * dnorm(qnorm(p))^2)) },
    "arcsine" = escalc("PAS", xi = xi, ni = ni), escalc("PFT", xi = xi, ni = ni))
  vi <- if (grepl("^ft1", scale)) 1 / (4 * ni + 4) else es$vi
  n <- ni[keep]; found <- spread(es$yi, vi, part[2], limits, n); ends <- found[1:3]
  miller <- transf.ipft(ends, rep(1 / (4 * found[5]^2), 3))
  back <- if (scale == "log-poisson") exp(ends) else if (scale == "anscombe") transf.iarcsin(ends) else if (scale == "ft-switch")
    ifelse(pmin(sin(ends)^2, cos(ends)^2) / (4 * found[5]^2) < 2, sin(ends)^2, miller) else if (grepl("^logit", scale)) plogis(ends) else if (grepl("^raw", scale)) ends else if (grepl("^log", scale)) exp(ends)
    else if (scale == "probit") pnorm(ends) else if (scale == "arcsine") transf.iarcsin(ends)
    else if (grepl("harmonic", scale)) sapply(ends, transf.ipft.hm, targs = list(ni = n))
    else if (grepl("sine", scale)) transf.iarcsin(ends)
    else transf.ipft(ends, rep(if (grepl("arithmetic", scale)) mean(n) else if (grepl("geometric", scale)) exp(mean(log(n))) else 1 / (4 * found[5]^2), 3))
  c(back, found[4])
}
keys <- readLines(file("stdin"))
out <- lapply(sets, function(s) list(events = s$xi, n = s$ni, recipes = setNames(lapply(keys, function(key) one(key, s$xi, s$ni)), keys)))
versions <- lapply(c(metafor = "metafor", lme4 = "lme4"), function(p) as.character(packageVersion(p)))
cat(toJSON(list(software = c(list(R = as.character(getRversion())), versions), sets = out), digits = NA, auto_unbox = TRUE, na = "null"))
