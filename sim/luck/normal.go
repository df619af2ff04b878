package luck

import "math"

// NormQuantile returns z with Φ(z) = p for the standard normal distribution,
// to about 1 part in 10^16: algorithm AS 241, PPND16 (M. Wichura, Applied
// Statistics 37, 1988). NormQuantile(0) = -Inf, NormQuantile(1) = +Inf,
// anything else outside (0,1) gives NaN.
func NormQuantile(p float64) float64 {
	q := p - 0.5
	if q >= -0.425 && q <= 0.425 {
		return float64(q * ratio(0.180625-float64(q*q), &centralNum, &centralDen))
	}
	tail := p
	if q > 0 {
		tail = 1 - p
	}
	if tail == 0 {
		return math.Copysign(math.Inf(1), q)
	}
	if !(tail > 0) {
		return math.NaN()
	}
	r := math.Sqrt(-Log(tail))
	var z float64
	if r <= 5 {
		z = ratio(r-1.6, &middleNum, &middleDen)
	} else {
		z = ratio(r-5, &farNum, &farDen)
	}
	if q < 0 {
		return -z
	}
	return z
}

// ratio is a quotient of two polynomials of degree 7, coefficients rising.
func ratio(x float64, num, den *[8]float64) float64 {
	return polynomial(x, num) / polynomial(x, den)
}

func polynomial(x float64, c *[8]float64) float64 {
	// Pairs shorten the chain of dependent operations.
	x2 := float64(x * x)
	x4 := float64(x2 * x2)
	low := (c[0] + float64(c[1]*x)) + float64(x2*(c[2]+float64(c[3]*x)))
	high := (c[4] + float64(c[5]*x)) + float64(x2*(c[6]+float64(c[7]*x)))
	return low + float64(x4*high)
}

var (
	centralNum = [8]float64{
		3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
		4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3,
	}
	centralDen = [8]float64{
		1, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
		2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4, 5.2264952788528545610e+3,
	}
	middleNum = [8]float64{
		1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
		1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
	}
	middleDen = [8]float64{
		1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
		1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
	}
	farNum = [8]float64{
		6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
		2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
	}
	farDen = [8]float64{
		1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
		7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
	}
)

// NormCDF returns Φ(z), the standard normal distribution function, to about
// 1 part in 10^13, also far out in the lower tail.
func NormCDF(z float64) float64 {
	if z < 0 {
		return normTail(-z)
	}
	return 1 - normTail(z)
}

// normTail returns 1 - Φ(z) for z ≥ 0: half the upper tail of a gamma
// distribution with shape 1/2 at z²/2.
func normTail(z float64) float64 {
	if z > 40 {
		return 0
	}
	_, upper := gammaCDF(0.5, float64(z*z)/2)
	return upper / 2
}

// normDensity returns the standard normal density.
func normDensity(z float64) float64 {
	return Exp(-float64(z*z)/2) * 0.39894228040143267794 // 1 / sqrt(2π)
}
