import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.engines.SM4Engine;
import org.bouncycastle.crypto.fpe.FPEFF1Engine;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.modes.AEADBlockCipher;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.modes.GCMSIVBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.FPEParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.util.encoders.Hex;

/**
 * Says for each line of its input what Bouncy Castle makes of it, in hexadecimal digits.
 *
 * <pre>
 * ff1 aes|sm4 KEY RADIX TWEAK NUMERALS      one byte a numeral, two from radix 257 on
 * aead aes-gcm|aes-gcm-siv|sm4-gcm KEY NONCE ASSOCIATED PLAIN
 * hmac sha256|sm3 KEY MESSAGE
 * digest sha256|sm3 MESSAGE
 * </pre>
 *
 * Bytes are hexadecimal digits too, and no bytes are a hyphen. Run by pii-core/tests/fpe_bouncy_castle.rs.
 */
public final class Peer {
    private static final int TAG_BITS = 128;

    public static void main(String[] arguments) throws IOException, InvalidCipherTextException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        var out = new PrintStream(System.out, false, StandardCharsets.US_ASCII);
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            out.println(Hex.toHexString(answer(line.split(" "))));
        }
        out.flush();
    }

    private static byte[] answer(String[] words) throws InvalidCipherTextException {
        switch (words[0]) {
            case "ff1":
                return ff1(block(words[1]), bytes(words[2]), Integer.parseInt(words[3]), bytes(words[4]), bytes(words[5]));
            case "aead":
                return aead(mode(words[1]), bytes(words[2]), bytes(words[3]), bytes(words[4]), bytes(words[5]));
            case "hmac":
                return hmac(digest(words[1]), bytes(words[2]), bytes(words[3]));
            case "digest":
                return hash(digest(words[1]), bytes(words[2]));
            default:
                throw new IllegalArgumentException(words[0]);
        }
    }

    private static byte[] bytes(String word) {
        return word.equals("-") ? new byte[0] : Hex.decodeStrict(word);
    }

    private static BlockCipher block(String name) {
        return name.equals("sm4") ? new SM4Engine() : new AESEngine();
    }

    private static AEADBlockCipher mode(String name) {
        switch (name) {
            case "aes-gcm":
                return new GCMBlockCipher(new AESEngine());
            case "aes-gcm-siv":
                return new GCMSIVBlockCipher(new AESEngine());
            case "sm4-gcm":
                return new GCMBlockCipher(new SM4Engine());
            default:
                throw new IllegalArgumentException(name);
        }
    }

    private static Digest digest(String name) {
        return name.equals("sm3") ? new SM3Digest() : new SHA256Digest();
    }

    private static byte[] ff1(BlockCipher cipher, byte[] key, int radix, byte[] tweak, byte[] numerals) {
        var engine = new FPEFF1Engine(cipher);
        engine.init(true, new FPEParameters(new KeyParameter(key), radix, tweak));
        var result = new byte[numerals.length];
        engine.processBlock(numerals, 0, numerals.length, result, 0);
        return result;
    }

    private static byte[] aead(AEADBlockCipher cipher, byte[] key, byte[] nonce, byte[] associated, byte[] plain)
            throws InvalidCipherTextException {
        cipher.init(true, new AEADParameters(new KeyParameter(key), TAG_BITS, nonce, associated));
        var result = new byte[cipher.getOutputSize(plain.length)];
        var done = cipher.processBytes(plain, 0, plain.length, result, 0);
        cipher.doFinal(result, done);
        return result;
    }

    private static byte[] hmac(Digest digest, byte[] key, byte[] message) {
        var mac = new HMac(digest);
        mac.init(new KeyParameter(key));
        mac.update(message, 0, message.length);
        var result = new byte[mac.getMacSize()];
        mac.doFinal(result, 0);
        return result;
    }

    private static byte[] hash(Digest digest, byte[] message) {
        digest.update(message, 0, message.length);
        var result = new byte[digest.getDigestSize()];
        digest.doFinal(result, 0);
        return result;
    }
}
