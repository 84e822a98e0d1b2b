using Rotel.Otlp.Readers;

namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>The explicit bounds of one point after another, in an array that is kept.</summary>
internal sealed class HistogramBounds
{
    private double[] _bounds = new double[16];
    private int _length;

    public int Length => _length;

    /// <summary>Where a bucket begins, exclusively: -∞ for the first.</summary>
    public double LowerOf(int bucket) => bucket == 0 ? double.NegativeInfinity : _bounds[bucket - 1];

    /// <summary>Where a bucket ends, inclusively: +∞ for the last.</summary>
    public double UpperOf(int bucket) => bucket < _length ? _bounds[bucket] : double.PositiveInfinity;

    /// <summary>Reads the bounds; false when they do not rise.</summary>
    public bool TryRead(ScalarList<double, ScalarFormats.Double> bounds)
    {
        _length = 0;
        foreach (var bound in bounds)
        {
            if (double.IsNaN(bound) || (_length > 0 && bound < _bounds[_length - 1]))
                return false;
            if (_length == _bounds.Length)
                Array.Resize(ref _bounds, 2 * _bounds.Length);
            _bounds[_length++] = bound;
        }

        return true;
    }
}
