# Works every figure out again with R's package survey, and stops if one differs.
#
#   Rscript check.R [folder]
#
# The folder (this one, if none is given) holds people.csv, a row for each response; population.csv and merges.csv, what
# they are weighted to; design.csv; and figures.csv, what the results page shows, or a publication says. Nothing here is taken from how Soundings
# works it out: weights come from calibrate(), standard errors from svymean(), and the intervals (Korn and Graubard's, in
# the form that docs/methods.md describes) from those.
suppressMessages(library(survey))
options(survey.lonely.psu = "adjust")
WITHIN <- 1e-8 # how far a share, its standard error or an end of its interval may be from ours; bases must be equal
FEW_DF <- 8

asked <- commandArgs(TRUE)
folder <- if (length(asked)) asked[1] else "."
read_table <- function(name) {
  read.csv(file.path(folder, name), colClasses = "character", na.strings = "", check.names = FALSE, encoding = "UTF-8")
}
people <- read_table("people.csv")
population <- read_table("population.csv")
merges <- read_table("merges.csv")
how <- read_table("design.csv")
figures <- read_table("figures.csv")
for (name in c("estimate", "se", "ci_low", "ci_high", "n", "df")) figures[[name]] <- as.numeric(figures[[name]])

# The design: settings are clusters, their boroughs are strata. Who is not of the population stays in it, outside.
people$inside <- people$inside == "1"
margins <- unique(population$margin)
total <- if (how$weighted == "yes") sum(as.numeric(population$people[population$margin == margins[1]])) else sum(people$inside)
people$base <- total / sum(people$inside)
clustered <- how$clustered == "yes"
design <- svydesign(
  ids = if (clustered) ~cluster else ~1, strata = if (clustered) ~stratum else NULL, weights = ~base, data = people
)
design <- subset(design, inside)

# Weights: raked to each margin. An answer without a population count keeps its share of the responses.
targets_of <- function(margin, level) {
  here <- population[population$margin == margin, ]
  merged <- merges[merges$margin == margin, ]
  into <- function(one) ifelse(one %in% merged$level, merged$into[match(one, merged$level)], one)
  count <- tapply(as.numeric(here$people), into(here$level), sum)
  count <- count * total / sum(count)
  answered <- into(level)
  answered[is.na(answered)] <- "(none)"
  share <- table(answered) / length(answered)
  others <- setdiff(names(share), names(count))
  known <- intersect(names(count), names(share))
  list(level = answered, target = c(count[known] * (1 - sum(share[others])), total * share[others]))
}
if (how$weighted == "yes") {
  wanted <- c("(Intercept)" = total)
  terms <- character(0)
  for (margin in margins) {
    made <- targets_of(margin, design$variables[[margin]])
    name <- paste0("margin_", margin)
    design$variables[[name]] <- factor(made$level, levels = names(made$target))
    if (length(made$target) > 1) {
      terms <- c(terms, name)
      wanted <- c(wanted, setNames(made$target[-1], paste0(name, names(made$target)[-1])))
    }
  }
  design <- calibrate(
    design, reformulate(terms), population = wanted, calfun = "raking", epsilon = 1e-11, maxit = 500
  )
}

# A stratum with one setting is centred at the mean of all settings. Older versions of the package centre it at nothing;
# there we put right what that makes of the variance.
centres <- local({
  small <- data.frame(s = c(1, 1, 2), u = 1:3, x = c(1, 2, 6))
  vcov(svytotal(~x, svydesign(ids = ~u, strata = ~s, weights = ~1, data = small)))[1] < 11
})
settings <- unique(people[c("stratum", "cluster")])
alone <- names(which(table(settings$stratum) == 1))
mend <- function(y, domain, mean) {
  if (centres || !clustered || !length(alone)) return(0)
  weight <- weights(design)
  u <- ifelse(domain, weight * (y - mean), 0) / sum(weight[domain])
  for (one in design$postStrata) u <- qr.resid(one$qr, u / one$w) * one$w
  sums <- rowsum(u, design$variables$cluster)[, 1]
  lonely <- sums[names(sums) %in% settings$cluster[settings$stratum %in% alone]]
  sum((lonely - sum(sums) / nrow(settings))^2 - lonely^2)
}

# The interval: Clopper and Pearson's limits with the effective size; under 8 degrees of freedom the design effect beyond
# that of the weights is pooled over the domains of the question.
student <- function(df) ifelse(df > 0, qt(0.975, pmax(df, 1)), NA)
interval <- function(p, variance, n, kish, df, df_of_all) {
  edge <- p <= 0 | p >= 1
  own <- pmin(p * (1 - p) / variance, kish)
  use <- df > 0 & !edge & is.finite(variance)
  excess <- NA
  pooled_df <- 0
  if (sum(use) > 1) {
    excess <- sum((df * variance * kish)[use]) / sum((df * p * (1 - p))[use])
    pooled_df <- min(sum(df[use]), df_of_all)
  }
  pool <- df < FEW_DF & is.finite(excess) & pooled_df >= FEW_DF
  alone <- !pool & (edge | !(variance > 0))
  effective <- ifelse(pool, kish / max(excess, 1, na.rm = TRUE), ifelse(alone, kish, own))
  ratio <- student(pmax(n - 1, 0)) / student(ifelse(pool, pooled_df, df))
  size <- ifelse(edge, effective, pmin(effective * ratio^2, kish))
  low <- ifelse(p > 0, qbeta(0.025, pmax(size * p, 1e-300), size * (1 - p) + 1), 0)
  high <- ifelse(p < 1, qbeta(0.975, size * p + 1, pmax(size * (1 - p), 1e-300)), 1)
  list(low = ifelse(is.finite(size), low, NA), high = ifelse(is.finite(size), high, NA))
}

# One table: every measure of a question, for everybody or by the levels of a column.
table_of <- function(question, measures, by, together) {
  here <- design
  given <- strsplit(here$variables[[question]], " ", fixed = TRUE)
  names <- paste0("measure_", seq_along(measures))
  for (at in seq_along(measures)) {
    codes <- strsplit(measures[at], " ", fixed = TRUE)[[1]]
    here$variables[[names[at]]] <- vapply(given, function(one) as.numeric(any(one %in% codes)), 0)
  }
  here$variables$answered <- !is.na(here$variables[[question]])
  split <- here$variables[strsplit(by, " ", fixed = TRUE)[[1]]]
  here$variables$level <- if (by == "") "" else ifelse(complete.cases(split), do.call(paste, split), NA)
  whole <- here$variables
  here <- subset(here, answered & !is.na(level))
  weight <- weights(here)
  levels <- sort(unique(here$variables$level[weight > 0]))
  parts <- lapply(levels, function(one) {
    of <- here$variables$level == one & weight > 0
    domain <- subset(here, level == one)
    mean <- svymean(reformulate(names), domain)
    every <- whole$answered & !is.na(whole$level) & whole$level == one & weights(design) > 0
    mended <- mapply(function(name, share) mend(whole[[name]], every, share), names, coef(mean))
    data.frame(
      question = question, codes = measures, by = by, level = one, estimate = as.numeric(coef(mean)),
      se = sqrt(pmax(as.numeric(SE(mean))^2 + mended, 0)), n = sum(of), df = degf(domain), kish = sum(weight[of])^2 / sum(weight[of]^2)
    )
  })
  rows <- do.call(rbind, parts)
  whole_or_none <- abs(rows$estimate - round(rows$estimate)) < 1e-12 # all or none of them, but for rounding
  rows$estimate[whole_or_none] <- round(rows$estimate[whole_or_none])
  rows$se[is.nan(rows$se)] <- NA
  for (one in unique(together)) {
    at <- rows$codes %in% measures[together == one]
    ends <- with(rows[at, ], interval(estimate, se^2, n, kish, df, degf(here)))
    rows$ci_low[at] <- ends$low
    rows$ci_high[at] <- ends$high
  }
  rows
}

key <- function(rows) paste(rows$question, rows$codes, ifelse(is.na(rows$by), "", rows$by), ifelse(is.na(rows$level), "", rows$level), sep = " | ")
figures$by[is.na(figures$by)] <- ""
figures$level[is.na(figures$level)] <- ""
# What is withheld has no number; its answers are pooled with those of its table all the same.
asked_for <- unique(figures[c("question", "by")])
made <- do.call(rbind, Map(function(question, by) {
  wanted <- unique(figures[figures$question == question & figures$by == by, c("codes", "together")])
  table_of(question, wanted$codes, by, wanted$together)
}, asked_for$question, asked_for$by))
figures <- figures[!is.na(figures$estimate), ]

found <- made[match(key(figures), key(made)), ]
apart <- function(name, within) {
  ours <- figures[[name]]
  theirs <- found[[name]]
  both <- is.na(ours) & is.na(theirs)
  difference <- abs(ours - theirs)
  wrong <- !both & (is.na(difference) | difference > within)
  list(wrong = wrong, most = max(c(0, difference[!wrong & !both])), name = name)
}
printed <- how$printed == "yes" # a publication has whole percentages and bases to the nearest five, and no more
compared <- if (printed) {
  c(lapply(c("estimate", "ci_low", "ci_high"), apart, within = 0.005 + WITHIN), list(apart("n", within = 2.5)))
} else {
  c(lapply(c("estimate", "se", "ci_low", "ci_high"), apart, within = WITHIN), lapply(c("n", "df"), apart, within = 0))
}
told <- unlist(lapply(compared, function(one) {
  at <- which(one$wrong)
  sprintf("%s: %s is %s here and %s in figures.csv", key(figures)[at], one$name, found[[one$name]][at], figures[[one$name]][at])
}))
if (length(told)) {
  stop(length(told), " numbers differ from R's:\n", paste(head(told, 20), collapse = "\n"), call. = FALSE)
}
if (printed) {
  cat(sprintf(
    "%d published figures (%d numbers) are those of R survey %s, rounded.\n",
    nrow(figures), 4 * nrow(figures), packageVersion("survey")
  ))
  quit()
}
most <- max(vapply(compared, function(one) one$most, 0))
cat(sprintf(
  "%d figures (%d numbers) are equal to those of R survey %s; the largest difference is %.1e, and %.0e is allowed.\n",
  nrow(figures), 6 * nrow(figures), packageVersion("survey"), most, WITHIN
))
