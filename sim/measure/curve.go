package measure

// CurveShares are the shares, in thousandths, at which a curve has its
// quantiles: dense at the ends, where distributions differ.
var CurveShares = [...]uint64{
	1, 5, 10, 20, 30, 50, 75, 100, 125, 150, 175, 200, 250, 300, 350, 400, 450, 500, 550, 600, 650, 700,
	750, 775, 800, 825, 850, 875, 900, 925, 950, 960, 970, 980, 985, 990, 993, 995, 997, 999,
}

// Curve is the quantiles at CurveShares, in ns, each as Quantile gives it, in
// one pass over the buckets; nil where nothing was recorded.
func (h *Histogram) Curve() []int64 {
	if h.count == 0 {
		return nil
	}
	curve := make([]int64, 0, len(CurveShares))
	rank := func(i int) uint64 {
		// Without overflow: counts are far below 2^54 in any run that ends.
		return max((h.count*CurveShares[i]+999)/1000, 1)
	}
	seen, wanted := uint64(0), rank(0)
	for i := range h.pages {
		if h.pages[i] == nil && (h.wraps == nil || h.wraps[i] == nil) {
			continue
		}
		for j := range pageSize {
			n := h.bucketCount(i, j)
			if n == 0 {
				continue
			}
			for seen += n; seen >= wanted; wanted = rank(len(curve)) {
				curve = append(curve, min(max(BucketMiddle(i<<pageBits+j), h.Min()), h.max))
				if len(curve) == len(CurveShares) {
					return curve
				}
			}
		}
	}
	return curve
}
