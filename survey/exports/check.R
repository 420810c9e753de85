# Works every figure out again with R's package survey, and stops if one differs.
#
#   Rscript check.R [folder]
#
# The folder (this one, if none is given) holds the figures and a file of rows, which is one of two:
#
#   people.csv     every answer with its setting, as `soundings check-in-r` writes it beside the database. It never leaves.
#   responses.csv  rows that were let go to an analyst, with questions.csv, which says what column is which answer. They have
#                  no settings: weights, shares and bases are worked out from them, intervals only where nobody came in by a
#                  setting. Where they are coarser than they were answered, so that nobody stands alone (k-anonymity), a
#                  figure that rests on that cannot agree: it is left out, and where the weights do, the script stops.
#
# population.csv and merges.csv hold what they are weighted to, design.csv how. figures.csv is what a publication says, or
# what the results page shows; differences.csv and tests.csv are that page's too, and waves.csv is what the page of a
# publication prints of the waves before it. Nothing here is taken from how Soundings works it out: weights come from
# calibrate(), standard errors from svymean(), differences from svyglm(), tests from svychisq(), and the intervals (Korn and
# Graubard's, in the form that docs/methods.md describes) from those. The weights that Soundings gives stand beside the
# rows, only to be compared.
suppressMessages(library(survey))
options(survey.lonely.psu = "adjust", warning.length = 8170) # the latter is how much stop() says
WITHIN <- 1e-8 # how far a share, its standard error or an end of its interval may be from ours; bases must be equal
WEIGHTS_WITHIN <- 1e-7 # how far a weight may be from ours, relatively: both go round until the margins are met
PRINTED <- c(estimate = 0.005, ci_low = 0.005, ci_high = 0.005, n = 2.5) # whole percentages, and bases to the nearest five
OUTWARDS <- c(ci_low = 0.005, ci_high = -0.005) # from an end that is rounded outwards to the middle of what it may have been
ROUNDING <- 1e-9 # a weight so near to a bound, relatively, is at it
FEW_DF <- 8
POOLED_COUNTS <- 4 # degrees of freedom that the pooled design effect counts for beside the own one, where that is greater
MOST_SETTINGS <- 500 # with more, leaving one out comes to the same
NEARLY_ALL <- 0.9 # of the weight of a group, if one setting has it: its figure is that setting's, and may not be shown
NO_SETTING <- "0" # the cluster of who came in by none
NO_OPINION <- c("dont_know", "prefer_not_to_say")
BY <- c("borough", "age_band", "gender")

asked <- commandArgs(TRUE)
folder <- if (length(asked)) asked[1] else "."
read_table <- function(name) {
  read.csv(file.path(folder, name), colClasses = "character", na.strings = "", check.names = FALSE, encoding = "UTF-8")
}
population <- read_table("population.csv")
merges <- read_table("merges.csv")
how <- read_table("design.csv")
words_in <- function(text) if (is.na(text)) character(0) else strsplit(text, " ", fixed = TRUE)[[1]]
weighted <- how$weighted == "yes"
margins <- unique(population$margin)
columns_of <- function(margin) strsplit(margin, " x ", fixed = TRUE)[[1]]
answer <- function(question) paste0("answer:", question) # what a question's codes are called among the columns of rows

# Rows that were let go: the codes of each question in one column again, apart by spaces, as in people.csv.
let_go <- function() {
  rows <- read_table("responses.csv")
  questions <- read_table("questions.csv")
  made <- data.frame(weight = rows[[how$weight]])
  for (one in BY) made[[one]] <- if (one %in% names(rows)) rows[[one]] else NA_character_
  made$inside <- ifelse(is.na(made$weight), "0", "1")
  for (question in unique(questions$question)) {
    here <- questions[questions$question == question, ]
    given <- Map(function(column, code) if (is.na(code)) rows[[column]] else ifelse(rows[[column]] == "1", code, NA), here$column, here$code)
    codes <- Reduce(function(a, b) ifelse(is.na(a), b, ifelse(is.na(b), a, paste(a, b))), given)
    made[[answer(question)]] <- ifelse(codes %in% NO_OPINION, NA, codes)
  }
  made
}
whole <- file.exists(file.path(folder, "people.csv"))
people <- if (whole) read_table("people.csv") else let_go()
coarser <- if (whole) character(0) else words_in(how$coarser)
if (!whole && how$chances == "yes") {
  stop("These weights begin with the chances of the settings, which never leave: only the folder that `soundings check-in-r` writes has them.", call. = FALSE)
}
spoilt <- intersect(words_in(how$rests_on), coarser)
if (length(spoilt)) {
  stop("In these rows ", paste(spoilt, collapse = ", "), " is coarser than it was answered, or empty, so that nobody stands alone. ",
    "The weights rest on it, so no figure made from these rows can agree with those that were published, which are the right ones. ",
    "The folder that `soundings check-in-r` writes beside the database has what the check needs.",
    call. = FALSE
  )
}
clustered <- whole && how$clustered == "yes"
spreads <- whole || how$clustered == "no" # whether standard errors can be worked out from these rows

# The design: settings are clusters, their boroughs are strata; a setting's chance is the base of its people's weights. Who
# is not of the population stays in it, outside.
people$inside <- people$inside == "1"
people$base <- if (how$chances == "yes") 1 / as.numeric(people$chance) else 1
if (weighted) {
  total <- sum(as.numeric(population$people[population$margin == margins[1]]))
  people$base <- people$base * total / sum(people$base[people$inside])
}
design <- svydesign(
  ids = if (clustered) ~cluster else ~1, strata = if (clustered) ~stratum else NULL, weights = ~base, data = people
)
design <- subset(design, inside)

# Weights: raked to each margin, which may be of several columns crossed. An answer without a population count (or none)
# keeps its share of the responses, or of the base weights where there are such.
cells_of <- function(rows, columns) {
  do.call(paste, c(lapply(columns, function(one) ifelse(is.na(rows[[one]]), "(none)", rows[[one]])), sep = " x "))
}
targets_of <- function(margin, level, base) {
  here <- population[population$margin == margin, ]
  merged <- merges[merges$margin == margin, ]
  into <- function(one) ifelse(one %in% merged$level, merged$into[match(one, merged$level)], one)
  count <- tapply(as.numeric(here$people), into(here$level), sum)
  count <- count * total / sum(count)
  answered <- into(level)
  share <- tapply(base, answered, sum) / sum(base)
  others <- setdiff(names(share), names(count))
  known <- intersect(names(count), names(share))
  list(level = answered, target = c(count[known] * (1 - sum(share[others])), total * share[others]))
}
if (weighted) {
  wanted <- c("(Intercept)" = total)
  terms <- character(0)
  for (at in seq_along(margins)) {
    made <- targets_of(margins[at], cells_of(design$variables, columns_of(margins[at])), weights(design))
    name <- paste0("margin_", at)
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

# Trimming, as trimWeights(strict = TRUE) does it but for weights at a bound: what is outside is cut to the bound and the
# difference shared out equally among those who were inside, again and again until nobody is outside.
trimmed <- function(weight, low, high) {
  for (round in 1:1000) {
    out <- weight < low * (1 - ROUNDING) | weight > high * (1 + ROUNDING)
    if (!any(out)) return(weight)
    cut <- pmin(pmax(weight, low), high)
    weight <- ifelse(out, cut, weight + sum((weight - cut)[out]) / sum(!out))
  }
  stop("No weights within the bounds keep their total.", call. = FALSE)
}
calibrated <- weights(design)
if (!is.na(how$lowest) || !is.na(how$highest)) {
  mean_weight <- total / sum(weights(design) > 0)
  bound <- function(times, none) if (is.na(times)) none else as.numeric(times) * mean_weight
  design$prob <- 1 / trimmed(weights(design), bound(how$lowest, 0), bound(how$highest, Inf))
}
ours <- as.numeric(design$variables$weight)
unlike <- which(is.na(ours) | abs(weights(design) / ours - 1) > WEIGHTS_WITHIN)
if (length(unlike)) {
  stop(length(unlike), " weights differ from R's: the first is ", weights(design)[unlike[1]], " here and ", ours[unlike[1]], " in the rows.", call. = FALSE)
}

# A stratum with one setting is centred at the mean of all settings, as since version 4.2 or so of the package. Older ones
# centre it at nothing: there their sum over strata is given the newer rule.
centres <- local({
  small <- data.frame(s = c(1, 1, 2), u = 1:3, x = c(1, 2, 6))
  vcov(svytotal(~x, svydesign(ids = ~u, strata = ~s, weights = ~1, data = small)))[1] < 11
})
settings <- if (clustered) unique(people[c("stratum", "cluster")])
if (!centres && clustered) {
  by_strata <- getFromNamespace("onestage", "survey")
  centred <- function(x, strata, clusters, nPSU, fpc, lonely.psu = getOption("survey.lonely.psu"), stage = 0, cal) {
    alone <- nPSU == 1
    some <- function(rows) by_strata(x[rows, , drop = FALSE], strata[rows], clusters[rows], nPSU[rows], fpc[rows], lonely.psu, stage, cal)
    if (!any(alone)) return(some(!alone))
    sums <- rowsum(x[alone, , drop = FALSE], clusters[alone])
    crossprod(sweep(sums, 2, colSums(x) / nrow(settings))) + some(!alone)
  }
  assignInNamespace("onestage", centred, "survey")
}

# Effective sizes are of the variance from leaving out one setting after the other: how far the weights of a setting's
# people would have to be taken on by others, and the regression residual with the final weights.
leaves_out <- weighted && clustered && nrow(settings) <= MOST_SETTINGS
if (leaves_out) leaving_out <- local({
  weight <- calibrated
  x <- if (length(terms)) model.matrix(reformulate(terms), design$variables) else matrix(1, nrow(design$variables), 1)
  setting <- as.character(design$variables$cluster)
  of_stratum <- table(settings$stratum)[settings$stratum]
  number <- setNames(as.numeric(of_stratum), settings$cluster)
  gram <- crossprod(x, weight * x)
  scale <- sqrt(diag(gram))
  grown <- rep(1, nrow(x))
  bounded <- ifelse(weight > 0, weights(design) / weight, 0) # what trimming made of them
  for (one in unique(setting[number[setting] > 1])) {
    of <- setting == one
    only <- rep(FALSE, nrow(x)) # at a level of a margin that nobody else is at: nobody can stand for them
    for (term in terms) {
      level <- as.character(design$variables[[term]])
      only <- only | of & !(level %in% level[!of & weight > 0])
    }
    part <- function(which) crossprod(x[which, , drop = FALSE], weight[which] * x[which, , drop = FALSE])
    parts <- eigen((gram - part(of)) / outer(scale, scale), symmetric = TRUE)
    kept <- parts$values > 1e-9
    whole <- colSums(weight[!only] * x[!only, , drop = FALSE]) / scale
    vectors <- parts$vectors[, kept, drop = FALSE]
    found <- vectors %*% (crossprod(vectors, whole) / parts$values[kept]) / scale
    grown[of & !only] <- x[of & !only, , drop = FALSE] %*% found
  }
  function(y, domain, mean, se) {
    u <- ifelse(domain, (y - mean) * bounded, 0) / sum((weight * bounded)[domain])
    e <- u - x %*% solve(gram, crossprod(x, weight * u))
    moved <- rowsum(as.numeric(weight * grown * e), setting)[, 1]
    n <- number[names(moved)]
    if (se > 0) sum(ifelse(n > 1, (n - 1) / n * moved^2, (moved - sum(moved) / nrow(settings))^2)) else se^2
  }
})

# The interval: Clopper and Pearson's limits with the effective size; under 8 degrees of freedom the design effect is,
# beyond that of the weights, the one pooled over the domains of the question, and some of what the own is greater by. And it is that of
# a share which is seen only where enough people gave the answer and enough did not, or nobody in a large enough base.
student <- function(df) ifelse(df > 0, qt(0.975, pmax(df, 1)), NA)
least <- as.numeric(how$minimum_count)
extreme <- as.numeric(how$extreme_base)
# The least truth with a chance of 0.025 of a share as high as p or higher, of those that are seen; or, of a truth, the
# chance that the share is seen.
lowest <- function(p, size, count, n, truth = NULL) {
  at_least <- function(hits, truth) {
    if (hits <= 0) 1 else if (hits > size) 0 else pbeta(truth, max(hits, 1e-12), max(size - hits + 1, 1e-12))
  }
  few <- least * if (count > 0) size * p / count else size / n
  few_others <- least * if (count < n) size * (1 - p) / (n - count) else size / n
  chances <- function(truth) {
    none <- if (n >= extreme) (1 - truth)^size else 0
    all <- if (n >= extreme) truth^size else 0
    enough <- min(at_least(few, truth), 1 - none)
    too_many <- max(at_least(size - few_others + 1, truth), all)
    between <- max(enough - too_many, 1e-300)
    as_high <- if (p >= 1) 0 else min(max(at_least(size * p, truth) - too_many, 0), between)
    c(as_high + all, none + between + all)
  }
  if (is.null(truth)) {
    from <- 0
    to <- p
    for (step in 1:50) {
      truth <- (from + to) / 2
      found <- chances(truth)
      if (found[1] / found[2] < 0.025) from <- truth else to <- truth
    }
    return(from)
  }
  chances(truth)[2]
}
as_shown <- function(p, size, count, n, low, high) {
  seen <- function(truth) lowest(p, size, count, n, truth) > 1 - 1e-9
  if (seen(low) && seen(high)) return(c(low, high))
  c(lowest(p, size, count, n), 1 - lowest(1 - p, size, n - count, n))
}
interval <- function(p, variance, left_out, count, n, kish, df, df_of_all) {
  edge <- p <= 0 | p >= 1
  own <- pmin(p * (1 - p) / ifelse(is.na(left_out), variance, left_out), kish)
  use <- df > 0 & !edge & is.finite(variance)
  excess <- NA
  pooled_df <- 0
  if (sum(use) > 1) {
    excess <- sum((df * variance * kish)[use]) / sum((df * p * (1 - p))[use])
    pooled_df <- min(sum(df[use]), df_of_all)
  }
  pool <- df < FEW_DF & is.finite(excess) & pooled_df >= FEW_DF
  alone <- !pool & (edge | !(variance > 0))
  beyond <- max(excess, 1, na.rm = TRUE)
  more <- ifelse(edge | !(variance > 0) | !(df > 0), 0, pmax(kish / own - beyond, 0, na.rm = TRUE)) * df / (df + POOLED_COUNTS)
  effective <- ifelse(pool, kish / (beyond + more), ifelse(alone, kish, own))
  ratio <- student(pmax(n - 1, 0)) / student(ifelse(pool, pooled_df, df))
  size <- ifelse(edge, effective, pmin(effective * ratio^2, kish))
  low <- ifelse(p > 0, qbeta(0.025, pmax(size * p, 1e-300), size * (1 - p) + 1), 0)
  high <- ifelse(p < 1, qbeta(0.975, size * p + 1, pmax(size * (1 - p), 1e-300)), 1)
  shown <- n >= as.numeric(how$minimum_base) & (pmin(count, n - count) >= least | (pmin(count, n - count) == 0 & n >= extreme))
  for (at in which(is.finite(size) & size > 0 & shown)) {
    ends <- as_shown(p[at], size[at], count[at], n[at], low[at], high[at])
    low[at] <- ends[1]
    high[at] <- ends[2]
  }
  list(low = ifelse(is.finite(size), low, NA), high = ifelse(is.finite(size), high, NA))
}

# The people who answered a question, with a column for each measure: whether they gave one of its codes.
answering <- function(question, measures) {
  here <- design
  given <- strsplit(here$variables[[answer(question)]], " ", fixed = TRUE)
  for (at in seq_along(measures)) {
    codes <- strsplit(measures[at], " ", fixed = TRUE)[[1]]
    here$variables[[paste0("measure_", at)]] <- vapply(given, function(one) as.numeric(any(one %in% codes)), 0)
  }
  here$variables$answered <- !is.na(here$variables[[answer(question)]])
  subset(here, answered)
}
levels_of <- function(rows, by) {
  if (by == "") return(rep("", nrow(rows)))
  split <- rows[words_in(by)]
  ifelse(complete.cases(split), do.call(paste, split), NA)
}

# One table: every measure of a question, for everybody or by the levels of a column, or of several crossed. Groups that
# are withheld are among them, since intervals are pooled over all groups of a measure.
table_of <- function(question, measures, by) {
  here <- answering(question, measures)
  names <- paste0("measure_", seq_along(measures))
  here$variables$level <- levels_of(here$variables, by)
  everybody <- here$variables
  here <- subset(here, !is.na(level))
  weight <- weights(here)
  parts <- lapply(sort(unique(here$variables$level[weight > 0])), function(one) {
    of <- here$variables$level == one & weight > 0
    domain <- subset(here, level == one)
    mean <- svymean(reformulate(names), domain)
    errors <- as.numeric(SE(mean))
    left_out <- NA
    if (leaves_out) {
      every <- everybody$answered & !is.na(everybody$level) & everybody$level == one & weights(design) > 0
      left_out <- mapply(function(name, share, se) leaving_out(ifelse(every, everybody[[name]], 0), every, share, se), names, coef(mean), errors)
    }
    came <- if (clustered && by != "") tapply(weight[of], here$variables$cluster[of], sum) else 0
    most <- max(0, came[names(came) != NO_SETTING]) / sum(weight[of])
    data.frame(
      of_one = most > NEARLY_ALL - 1e-9, question = question, codes = measures, by = by, level = one, estimate = as.numeric(coef(mean)),
      se = errors, n = sum(of), df = degf(domain), kish = sum(weight[of])^2 / sum(weight[of]^2),
      left_out = as.numeric(left_out), count = vapply(names, function(name) sum(here$variables[[name]][of]), 0)
    )
  })
  rows <- do.call(rbind, parts)
  whole_or_none <- abs(rows$estimate - round(rows$estimate)) < 1e-12 # all or none of them, but for rounding
  rows$estimate[whole_or_none] <- round(rows$estimate[whole_or_none])
  rows$se[is.nan(rows$se)] <- NA
  for (one in measures) {
    at <- rows$codes == one
    ends <- with(rows[at, ], interval(estimate, se^2, left_out, count, n, kish, df, degf(here)))
    rows$ci_low[at] <- ends$low
    rows$ci_high[at] <- ends$high
  }
  rows
}

# Differences of one measure: each level of a column less everybody else who answered, those too who did not say which they
# are; of two columns crossed among those alike in the other. p values are adjusted over those that are shown.
differences_of <- function(shown) {
  here <- answering(shown$question[1], shown$codes[1])
  columns <- words_in(shown$by[1])
  here$variables$level <- levels_of(here$variables, shown$by[1])
  here$variables$among <- levels_of(here$variables, paste(setdiff(columns, shown$compared[1]), collapse = " "))
  made <- do.call(rbind, lapply(shown$level, function(one) {
    here$variables$side <- as.numeric(here$variables$level %in% one)
    whom <- here$variables$among[match(one, here$variables$level)]
    pair <- subset(here, among %in% whom)
    found <- suppressWarnings(svyglm(measure_1 ~ side, pair)) # it says that people outside the pair have no weight
    data.frame(level = one, estimate = coef(found)[["side"]], se = SE(found)[["side"]], df = degf(subset(pair, side == 1)))
  }))
  t <- ifelse(made$se > 1e-12 & made$df > 0, made$estimate / made$se, NA)
  half <- ifelse(is.na(t), NA, student(made$df) * made$se)
  p <- 2 * pt(-abs(t), pmax(made$df, 1))
  cbind(shown[c("question", "codes", "by", "compared")], made, ci_low = pmax(made$estimate - half, -1), ci_high = pmin(made$estimate + half, 1), p_adjusted = p.adjust(p, "BH"))
}

# All groups that are shown at once: Rao and Scott's test. svychisq() counts the settings of those too who are left out; its
# second degrees of freedom are taken from those who are not, as for every other figure.
test_of <- function(shown) {
  here <- answering(shown$question, shown$codes)
  here$variables$group <- here$variables[[shown$by]]
  here <- subset(here, group %in% words_in(shown$level))
  here$variables$group <- factor(here$variables$group, levels = words_in(shown$level))
  here$variables$measure_1 <- factor(here$variables$measure_1)
  found <- svychisq(~ measure_1 + group, here, statistic = "F")
  f <- found$statistic[[1]]
  df1 <- found$parameter[[1]]
  df2 <- df1 * degf(here)
  cbind(shown[c("question", "codes", "by", "level")], f = f, df1 = df1, df2 = df2, p = pf(f, df1, df2, lower.tail = FALSE))
}

KEY <- c("question", "codes", "by", "compared", "level")
key <- function(rows) do.call(paste, c(rows[intersect(KEY, names(rows))], sep = " | "))
read_figures <- function(name) {
  rows <- read_table(name)
  for (one in c("by", "level")) rows[[one]][is.na(rows[[one]])] <- ""
  for (one in setdiff(names(rows), KEY)) rows[[one]] <- as.numeric(rows[[one]])
  rows[!rows$question %in% coarser & !vapply(rows$by, function(by) any(words_in(by) %in% coarser), TRUE), ]
}
told <- character(0)
numbers <- 0
most <- 0
# Compares some columns of rows with ours, and keeps what differs by more than is allowed.
compare <- function(ours, theirs, allowed, file, beside = c()) {
  theirs <- theirs[match(key(ours), key(theirs)), ]
  for (name in names(allowed)) {
    moved <- if (name %in% names(beside)) beside[[name]] else 0
    difference <- abs(ours[[name]] + moved - theirs[[name]])
    both <- is.na(ours[[name]]) & is.na(theirs[[name]])
    wrong <- !both & (is.na(difference) | difference > allowed[[name]])
    told <<- c(told, sprintf("%s: %s is %s here and %s in %s", key(ours), name, theirs[[name]], ours[[name]], file)[wrong])
    numbers <<- numbers + nrow(ours)
    if (allowed[[name]] <= WITHIN) most <<- max(most, difference[!wrong & !both])
  }
}

figures <- read_figures("figures.csv")
asked_for <- unique(figures[c("question", "by")])
made <- do.call(rbind, Map(function(question, by) {
  table_of(question, unique(figures$codes[figures$question == question & figures$by == by]), by)
}, asked_for$question, asked_for$by))
printed <- how$printed == "yes" # a publication has whole percentages and bases to the nearest five, and no more
spread <- c("se", "ci_low", "ci_high", "df")
allowed <- if (printed) PRINTED + WITHIN else c(estimate = WITHIN, se = WITHIN, ci_low = WITHIN, ci_high = WITHIN, n = 0, df = 0)
if (!spreads) allowed <- allowed[!names(allowed) %in% spread]
left_out <- nrow(read_table("figures.csv")) - nrow(figures)
if (nrow(figures)) compare(figures, made, allowed, "figures.csv", if (printed) OUTWARDS)
compared <- nrow(figures)
of_one <- if (nrow(figures)) made[made$of_one & key(made) %in% key(figures), ] else figures
told <- c(sprintf("%s: nearly everybody came through one setting, so that it may not be in figures.csv", key(of_one)), told)

if (!printed && spreads) {
  differences <- read_figures("differences.csv")
  groups <- split(differences, do.call(paste, c(differences[c("question", "codes", "by", "compared")], sep = " | ")))
  for (shown in groups) {
    compare(shown, differences_of(shown), c(PRINTED[c("estimate", "ci_low", "ci_high")], p_adjusted = 0) + WITHIN, "differences.csv")
  }
  tests <- read_figures("tests.csv")
  for (at in seq_len(nrow(tests))) {
    compare(tests[at, ], test_of(tests[at, ]), c(f = 1e-6, df1 = 1e-6, df2 = 1e-6, p = WITHIN), "tests.csv")
  }
  compared <- compared + nrow(differences) + nrow(tests)
}

# What the page of a publication prints of waves, oldest first: each change is made of the two figures as they were
# published, with an interval from theirs (MOVER, Zou and Donner 2008) that reckons with the rounding of both. The newest
# figure is the one above, from these answers; an older one is worked out by the check of its own publication.
ROUNDED <- 1.96 * sqrt(2 * 0.01^2 / 12) # of the difference of two whole percentages, as an arm of an interval
NOBODY_DRAWN <- c("open", "panel")
many <- function(share) {
  points <- round(100 * share)
  if (points == 0) "none" else paste(abs(points), if (points > 0) "more" else "fewer")
}
change_of <- function(before, after) {
  known <- c(before$estimate, after$estimate)
  ends <- c(before$ci_low, before$ci_high, after$ci_low, after$ci_high)
  alike <- before$design == after$design && identical(before$place, after$place)
  none <- function(told) list(change = NA, change_low = NA, change_high = NA, told = told)
  if (!alike || after$design %in% NOBODY_DRAWN) return(none("not compared"))
  if (anyNA(known)) return(none("one of the two is not shown"))
  if (anyNA(ends)) return(none("whether it changed cannot be tested"))
  change <- after$estimate - before$estimate
  low <- change - sqrt((after$estimate - after$ci_low)^2 + (before$ci_high - before$estimate)^2 + ROUNDED^2)
  high <- change + sqrt((after$ci_high - after$estimate)^2 + (before$estimate - before$ci_low)^2 + ROUNDED^2)
  between <- paste("from", many(low), "to", many(high))
  way <- sprintf("%s by %.0f in every 100 (%s)", if (change > 0) "up" else "down", 100 * abs(change), between)
  clear <- low > 0 || high < 0
  list(change = change, change_low = low, change_high = high, told = if (clear) way else sprintf("no clear change (%s in every 100)", between))
}
changes <- 0
without_settings <- character(0)
if (file.exists(file.path(folder, "waves.csv"))) {
  waves <- read_table("waves.csv")
  for (one in c("estimate", "ci_low", "ci_high", "change", "change_low", "change_high")) waves[[one]] <- as.numeric(waves[[one]])
  newest <- waves[nrow(waves), ]
  above <- figures[figures$question == newest$question & figures$codes == newest$codes & figures$by == "", ]
  for (name in c("estimate", "ci_low", "ci_high")) {
    here <- if (nrow(above)) above[[name]][1] else NA
    if (is.na(here) != is.na(newest[[name]]) || (!is.na(here) && abs(here - newest[[name]]) > WITHIN)) {
      told <- c(told, sprintf("%s: %s is %s in waves.csv and %s in figures.csv", newest$wave, name, newest[[name]], here))
    }
  }
  for (at in seq_len(nrow(waves))[-1]) {
    found <- change_of(waves[at - 1, ], waves[at, ])
    for (name in c("change", "change_low", "change_high")) {
      printed_as <- waves[[name]][at]
      if (is.na(found[[name]]) != is.na(printed_as) || (!is.na(printed_as) && abs(found[[name]] - printed_as) > 0.005 + WITHIN)) {
        told <- c(told, sprintf("%s: %s is %s here and %s in waves.csv", waves$wave[at], name, found[[name]], printed_as))
      }
    }
    if (!identical(found$told, waves$told[at])) {
      told <- c(told, sprintf("%s: it is “%s” here and “%s” in waves.csv", waves$wave[at], found$told, waves$told[at]))
    }
    changes <- changes + 1
  }
  without_settings <- waves$wave[waves$settings == "no" & waves$design %in% c("gatekept", "probability")]
}

if (length(told)) {
  stop(length(told), " numbers differ from R's:\n", paste(head(told, 20), collapse = "\n"), call. = FALSE)
}
if (!compared) {
  stop("No figure can be worked out from these rows: all rest on ", paste(coarser, collapse = ", "), ", which is coarser in them than it was answered.", call. = FALSE)
}
version <- packageVersion("survey")
if (printed) {
  cat(sprintf("%d published figures (%d numbers) are those of R survey %s, rounded.\n", compared, numbers, version))
} else {
  cat(sprintf(
    "%d figures (%d numbers) are equal to those of R survey %s; the largest difference is %.1e, and %.0e is allowed.\n",
    compared, numbers, version, most, WITHIN
  ))
}
if (changes > 0) {
  cat(sprintf("%d changes between waves are those that follow from the published figures. ", changes))
  cat("The figures of earlier waves are taken as they were published: the check of each one's publication works them out.\n")
}
if (length(without_settings)) {
  cat(sprintf(
    "Of %s no school or club is known: its interval takes people as reached one by one, and so do the changes. If they came through schools or clubs, both are too narrow.\n",
    paste(without_settings, collapse = ", ")
  ))
}
if (left_out > 0) {
  cat(sprintf("%d figures are left out: they rest on %s, which is coarser in these rows than it was answered, or empty.\n", left_out, paste(coarser, collapse = ", ")))
}
if (!spreads) cat("Intervals are not checked: they rest on the settings, which never leave.\n")
