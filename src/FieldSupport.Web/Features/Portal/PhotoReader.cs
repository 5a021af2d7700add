using System.Text;
using FieldSupport.Domain.Shared;
using SkiaSharp;

namespace FieldSupport.Web.Features.Portal;

/// <summary>
/// Makes of what somebody sent a JPEG of at most 1600 pixels, or says that it is no picture. Drawn anew, so that nothing of the file but the
/// picture is kept: no place, no camera, no other content behind a picture's name.
/// </summary>
public static class PhotoReader
{
    public const int MostBytes = 10 * 1024 * 1024, MostPixels = 1600;
    public const string ContentType = "image/jpeg";

    /// <summary>What the form asks for. An iPhone keeps its photos as HEIC and makes a JPEG of them for a page that names types and not HEIC; the first is the one it makes.</summary>
    public const string Accepted = "image/jpeg,image/png,image/webp";

    /// <summary>A small file may claim to be a huge picture.</summary>
    private const long MostDecoded = 40_000_000;

    /// <summary>The JPEG. Refuses: photo.none, photo.heic, photo.too-large.</summary>
    public static Outcome<byte[]> Read(byte[] sent)
    {
        if (IsHeic(sent)) return new Refusal("photo.heic", Say.It("This photo is in Apple's HEIC form, which cannot be read here. On an iPhone or iPad take it on this page, which sends a JPEG, or set Settings, Camera, Formats to Most Compatible. On a computer export it as a JPEG first."));
        using var data = SKData.CreateCopy(sent);
        using var codec = SKCodec.Create(data);
        if (codec is null || codec.Info.Width < 1 || codec.Info.Height < 1) return NoPhoto();
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        var shrink = Math.Min(1f, (float)MostPixels / Math.Max(width, height));
        var coarse = codec.GetScaledDimensions(shrink);
        if ((long)coarse.Width * coarse.Height > MostDecoded) return new Refusal("photo.too-large", Say.It("The picture has too many pixels. Take it again with the camera's usual setting."));

        using var picture = new SKBitmap(new SKImageInfo(coarse.Width, coarse.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        // A picture that ends too early is no proof of anything.
        if (codec.GetPixels(picture.Info, picture.GetPixels()) != SKCodecResult.Success) return NoPhoto();
        var turned = codec.EncodedOrigin >= SKEncodedOrigin.LeftTop;
        var (wide, high) = (Math.Max(1, (int)Math.Round(width * shrink)), Math.Max(1, (int)Math.Round(height * shrink)));
        using var surface = SKSurface.Create(new SKImageInfo(turned ? high : wide, turned ? wide : high, SKColorType.Rgba8888, SKAlphaType.Premul));
        var canvas = surface.Canvas;
        canvas.Clear(SKColors.White);
        Turn(canvas, codec.EncodedOrigin, wide, high);
        using var image = SKImage.FromBitmap(picture);
        canvas.DrawImage(image, SKRect.Create(wide, high), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        using var drawn = surface.Snapshot();
        using var jpeg = drawn.Encode(SKEncodedImageFormat.Jpeg, 82);
        return jpeg.ToArray();
    }

    /// <summary>The way the camera was held is said beside the picture; what is said beside it is not kept.</summary>
    private static void Turn(SKCanvas canvas, SKEncodedOrigin origin, float w, float h) => canvas.SetMatrix(origin switch
    {
        SKEncodedOrigin.TopRight => new SKMatrix(-1, 0, w, 0, 1, 0, 0, 0, 1),
        SKEncodedOrigin.BottomRight => new SKMatrix(-1, 0, w, 0, -1, h, 0, 0, 1),
        SKEncodedOrigin.BottomLeft => new SKMatrix(1, 0, 0, 0, -1, h, 0, 0, 1),
        SKEncodedOrigin.LeftTop => new SKMatrix(0, 1, 0, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightTop => new SKMatrix(0, -1, h, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightBottom => new SKMatrix(0, -1, h, -1, 0, w, 0, 0, 1),
        SKEncodedOrigin.LeftBottom => new SKMatrix(0, 1, 0, -1, 0, w, 0, 0, 1),
        _ => SKMatrix.Identity,
    });

    /// <summary>By its own words: a box "ftyp" whose main brand is one of HEIF's.</summary>
    private static bool IsHeic(ReadOnlySpan<byte> sent) =>
        sent.Length >= 12 && sent[4..8].SequenceEqual("ftyp"u8) && Encoding.ASCII.GetString(sent[8..12]) is "heic" or "heix" or "heim" or "heis" or "hevc" or "hevx" or "mif1" or "msf1";

    private static Refusal NoPhoto() => new("photo.none", Say.It("This is no photo that we can read. Send a JPEG, PNG or WebP as the camera makes it."));
}
